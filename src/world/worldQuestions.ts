import type { Question, Reference } from "../domain/question.ts";
import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Triple } from "../domain/triple.ts";
import type { Domain, DomainWords } from "./domain.ts";
import { goldTitle } from "./documents.ts";
import { byName } from "./facts.ts";
import type { World } from "./facts.ts";
import type { Case } from "./splits.ts";

/** A problem: a fault seen by its signs, and a circumstance. */
export interface Problem extends Case {
  /** The fault's signs in the order they are presented. */
  readonly signs: readonly string[];
  readonly circumstance: string;
}

/** What is true and needed for a problem, from the cause to the remedy to give. */
export interface Solution {
  readonly cause: string;
  readonly firstChoice: string;
  readonly secondChoice: string;
  /** Whether the circumstance rules the first choice out. */
  readonly isExcluded: boolean;
  readonly answer: string;
}

/** Works a problem out from the world's facts. */
export function solve({ fault, field, circumstance }: Problem): Solution {
  const { name, firstChoice, secondChoice } = byName(field.causes, fault.cause);
  const isExcluded = byName(field.remedies, firstChoice).exclusions.includes(circumstance);
  return {
    cause: name,
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
  const { firstChoice } = byName(field.causes, fault.cause);
  const ruledOut = byName(field.remedies, firstChoice).exclusions;
  const others = world.circumstances.filter((circumstance) => !ruledOut.includes(circumstance));
  const circumstances = [...ruledOut, ...random.sample(others, ruledOut.length)];
  const arrangements = random.sample(permutations(fault.signs), orders);
  return random.shuffle(
    circumstances.flatMap((circumstance) => arrangements.map((signs) => ({ fault, field, signs, circumstance }))),
  );
}

/** The question row of a problem, with what the rewards need. */
export function askAbout(domain: Domain, problem: Problem, pool: string): Question {
  const { words } = domain;
  const { fault, field, signs, circumstance } = problem;
  const solution = solve(problem);
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
    partialAnswers: [solution.firstChoice, solution.secondChoice].filter(
      (remedy) => remedy !== solution.answer && !ruledOut.includes(remedy),
    ),
    harmfulAnswers: ruledOut,
    references: referencesFor(words, problem, solution),
    goldTitles: [
      goldTitle(fault.name, words.cause),
      goldTitle(solution.cause, words.remedies),
      goldTitle(solution.firstChoice, circumstance),
    ],
    goldFacts: [
      triple(fault.name, words.cause, solution.cause),
      triple(solution.cause, words.first, solution.firstChoice),
      triple(solution.firstChoice, exclusionWord(words, solution), circumstance),
    ],
    findings: [...signs],
    cluster: fault.name,
    tags: { pool, [domain.fieldTag]: field.name },
  };
}

/**
 * One worked answer that starts from all signs and one from each: naming a single sign is reasoning enough. The
 * second choice is named where the first is ruled out.
 */
function referencesFor(words: DomainWords, { fault, signs, circumstance }: Problem, solution: Solution): Reference[] {
  const chain = [
    triple(fault.name, words.cause, solution.cause),
    triple(solution.cause, words.first, solution.firstChoice),
    triple(solution.firstChoice, exclusionWord(words, solution), circumstance),
    ...(solution.isExcluded ? [triple(solution.cause, words.second, solution.secondChoice)] : []),
  ];
  return [signs, ...signs.map((sign) => [sign])].map((roots) => {
    const graph = [...roots.map((sign) => triple(sign, words.suggests, fault.name)), ...chain];
    return { answer: solution.answer, reasoning: graph.map(sentence).join(" "), graph };
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
