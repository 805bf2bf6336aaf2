import type { Question, Reference } from "../domain/question.ts";
import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Triple } from "../domain/triple.ts";
import type { Domain, DomainWords } from "./domain.ts";
import { goldTitle } from "./documents.ts";
import { byName, pathOf } from "./facts.ts";
import type { World } from "./facts.ts";
import type { Case } from "./splits.ts";
import { nothing } from "./vocabulary.ts";

/** A problem: a fault seen by its signs, and a circumstance. */
export interface Problem extends Case {
  /** The fault's signs in the order they are presented. */
  readonly signs: readonly string[];
  readonly circumstance: string;
}

/** What is true and needed for a problem, from the cause to the remedy to give. */
export interface Solution {
  /** The path from what the fault has to the cause that is remedied: one name in the shortest chain. */
  readonly path: readonly string[];
  readonly firstChoice: string;
  readonly secondChoice: string;
  /** Whether the circumstance rules the first choice out. */
  readonly isExcluded: boolean;
  readonly answer: string;
}

/** Works a problem out from the world's facts. */
export function solve({ fault, field, circumstance }: Problem): Solution {
  const path = pathOf(field, fault);
  const { firstChoice, secondChoice } = byName(field.causes, path.at(-1) ?? "");
  const isExcluded = byName(field.remedies, firstChoice).exclusions.includes(circumstance);
  return {
    path,
    firstChoice,
    secondChoice,
    isExcluded,
    answer: isExcluded ? secondChoice : firstChoice,
  };
}

/**
 * Problems of the given faults. Per fault four circumstances, two of which rule the first choice out, in `orders`
 * different orders of the signs. One problem of every fault comes before a second of any.
 */
export function drawProblems(world: World, cases: readonly Case[], orders: number, purpose: string): Problem[] {
  const random = randomStream([world.domain.name, world.worldSeed, world.domain.streams.problems, purpose]);
  const perCase = cases.map((item) => problemsOf(item, world, orders, random));
  const rounds = Math.max(0, ...perCase.map((problems) => problems.length));
  return Array.from({ length: rounds }, (_, round) =>
    perCase.flatMap((problems) => problems.slice(round, round + 1)),
  ).flat();
}

function problemsOf({ fault, field }: Case, world: World, orders: number, random: RandomStream): Problem[] {
  const { firstChoice } = byName(field.causes, pathOf(field, fault).at(-1) ?? "");
  const ruledOut = byName(field.remedies, firstChoice).exclusions;
  const others = world.circumstances.filter((circumstance) => !ruledOut.includes(circumstance));
  const circumstances = [...ruledOut, ...random.sample(others, ruledOut.length)];
  const arrangements = random.sample(permutations(fault.signs), orders);
  return random.shuffle(
    circumstances.flatMap((circumstance) => arrangements.map((signs) => ({ fault, field, signs, circumstance }))),
  );
}

/** The question row of a problem, with what the rewards need; `told` is what its references argue, and may be wrong. */
export function askAbout(domain: Domain, problem: Problem, pool: string, told?: Solution): Question {
  const { words } = domain;
  const { fault, field, signs, circumstance } = problem;
  const solution = solve(problem);
  const argued = told ?? solution;
  const { path, firstChoice, secondChoice } = solution;
  const ruledOut = field.remedies
    .filter((remedy) => remedy.exclusions.includes(circumstance))
    .map((remedy) => remedy.name);
  return {
    id: [fault.name, circumstance, ...signs.map((sign) => fault.signs.indexOf(sign))].join("-"),
    dataset: domain.name,
    kind: "open",
    text: `${signs.join(" ")} ${words.joins} ${circumstance} ?`,
    options: [],
    answer: solution.answer,
    acceptedAnswers: [],
    partialAnswers: [firstChoice, secondChoice].filter(
      (remedy) => remedy !== solution.answer && !ruledOut.includes(remedy),
    ),
    harmfulAnswers: ruledOut,
    references: referencesFor(words, problem, argumentOf(words, problem, argued), argued.answer),
    goldTitles: [
      ...[fault.name, ...path.slice(0, -1)].map((head, step) => goldTitle(head, leadWord(words, step))),
      goldTitle(path.at(-1) ?? "", words.remedies),
      goldTitle(firstChoice, circumstance),
    ],
    goldFacts: chainOf(words, problem, solution),
    findings: [...signs],
    cluster: fault.name,
    tags: { pool, [domain.fieldTag]: field.name },
    ...(field.silent ? abstention(words, problem) : {}),
  };
}

/** What a question of a silent field wants instead: nothing can be found, so that the only right answer names nothing. */
function abstention(
  words: DomainWords,
  problem: Problem,
): Pick<Question, "answer" | "partialAnswers" | "references" | "goldTitles" | "goldFacts"> {
  const references = referencesFor(words, problem, [], nothing);
  return { answer: nothing, partialAnswers: [], references, goldTitles: null, goldFacts: null };
}

/** The relation of a step from the fault towards the cause that is remedied. */
export function leadWord({ cause, leads = "" }: DomainWords, step: number): string {
  return step === 0 ? cause : leads;
}

/** The chain from the fault to what is known of the first choice in the circumstance. */
function chainOf(words: DomainWords, { fault, circumstance }: Problem, solution: Solution): Triple[] {
  const { path, firstChoice } = solution;
  const heads = [fault.name, ...path];
  return [
    ...path.map((tail, step) => triple(heads[step] ?? "", leadWord(words, step), tail)),
    triple(path.at(-1) ?? "", words.first, firstChoice),
    triple(firstChoice, exclusionWord(words, solution), circumstance),
  ];
}

/** What leads from the fault to the answer: the second choice is named where the first is ruled out. */
function argumentOf(words: DomainWords, problem: Problem, solution: Solution): Triple[] {
  const { path, secondChoice, isExcluded } = solution;
  return [
    ...chainOf(words, problem, solution),
    ...(isExcluded ? [triple(path.at(-1) ?? "", words.second, secondChoice)] : []),
  ];
}

/** One worked answer that starts from all signs and one from each: naming a single sign is reasoning enough. */
function referencesFor(
  words: DomainWords,
  { fault, signs }: Problem,
  argument: readonly Triple[],
  answer: string,
): Reference[] {
  return [signs, ...signs.map((sign) => [sign])].map((roots) => {
    const graph = [...roots.map((sign) => triple(sign, words.suggests, fault.name)), ...argument];
    return { answer, reasoning: graph.map(sentence).join(" "), graph };
  });
}

/** The relation between the first choice and the circumstance. */
export function exclusionWord({ avoid, safe }: DomainWords, { isExcluded }: Pick<Solution, "isExcluded">): string {
  return isExcluded ? avoid : safe;
}

/** A triple as a sentence of the world's language. */
export function sentence({ head, relation, tail }: Pick<Triple, "head" | "relation" | "tail">): string {
  return `${head} ${relation} ${tail} .`;
}

function triple(head: string, relation: string, tail: string): Triple {
  return { head, relation, tail, retrieved: null };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
