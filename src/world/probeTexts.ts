import { randomStream } from "../domain/seed.ts";
import { searchProtocol } from "../environments/search/searchTags.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import { readLibrary } from "./base/evidence.ts";
import type { Library } from "./base/evidence.ts";
import type { DocumentedStatement } from "./base/statements.ts";
import { documentText } from "./base/wording.ts";
import { threeBands } from "./domain.ts";
import type { Domain } from "./domain.ts";
import { writeDocuments } from "./documents.ts";
import type { World } from "./facts.ts";
import { askAbout, drawProblems, exclusionWord, solve } from "./worldQuestions.ts";
import type { Problem, Solution } from "./worldQuestions.ts";
import { splitCases } from "./splits.ts";
import type { Case } from "./splits.ts";

/** What the policy should write next after a given text. */
export interface Probe {
  readonly name: string;
  readonly prefix: string;
  readonly expected: string;
}

const problemsPerProbe = 60;

/** All probes of a world, by name as `probeWorld` explains them. */
export function createProbes(world: World): Probe[] {
  const splits = splitCases(world);
  const library = readLibrary(world.domain, writeDocuments(world));
  const problems = (cases: readonly Case[]): Problem[] =>
    drawProblems(world, cases, 1, "probes").slice(0, problemsPerProbe);
  const heldOut = [...problems(splits.heldOutFaults), ...problems(splits.heldOutFields)];
  const known = problems(splits.known);
  return [
    ...heldOut.flatMap((problem) => chainProbes(world.domain, problem, solve(problem), library, "reading")),
    ...heldOut.map((problem) => memoryProbe(world.domain, problem, "probe/memory/held-out")),
    ...known.map((problem) => memoryProbe(world.domain, problem, "probe/memory/known")),
    ...known.flatMap((problem) =>
      chainProbes(world.domain, problem, contradict(world.domain, problem), library, "conflict"),
    ),
  ];
}

/** The line up to the word that memory must supply. */
function memoryProbe(domain: Domain, problem: Problem, name: string): Probe {
  return {
    name,
    prefix: `${opening(domain, problem)} ${problem.fault.name} ${domain.words.cause}`,
    expected: solve(problem).cause,
  };
}

/** Every line of the chain after an ideal search, whose document states the given solution. */
function chainProbes(
  domain: Domain,
  problem: Problem,
  solution: Solution,
  library: Library,
  kind: "reading" | "conflict",
): Probe[] {
  const { words, scale } = domain;
  const [best] = threeBands(domain);
  const { fault, circumstance } = problem;
  const { cause, firstChoice, secondChoice, isExcluded, answer } = solution;
  const relation = exclusionWord(words, solution);
  const consult = (query: string, statement: DocumentedStatement): string =>
    `<search> ${query} ${best} </search> ${documentText([statement, ...(library.get(`${fault.name} ${words.asides[1]}`) ?? []).slice(0, 1)], scale)}`;
  const strong = (head: string, pairs: DocumentedStatement["pairs"]): DocumentedStatement => ({
    head,
    pairs,
    level: scale.levels.length,
  });
  const first = `${opening(domain, problem)} ${consult(`${fault.name} ${words.cause}`, strong(fault.name, [[words.cause, cause]]))} ${fault.name} ${words.cause}`;
  const second = `${first} ${cause} . ${consult(
    `${cause} ${words.first}`,
    strong(cause, [
      [words.first, firstChoice],
      [words.second, secondChoice],
    ]),
  )} ${cause} ${words.first}`;
  const third = `${second} ${firstChoice} . ${consult(`${firstChoice} ${circumstance}`, strong(firstChoice, [[relation, circumstance]]))} ${firstChoice}`;
  const checked = `${third} ${relation} ${circumstance} .`;
  const alternative = `${checked} ${cause} ${words.second}`;
  return [
    { name: `probe/${kind}/${words.cause}`, prefix: first, expected: cause },
    { name: `probe/${kind}/${words.first}`, prefix: second, expected: firstChoice },
    { name: `probe/${kind}/${relation}`, prefix: third, expected: relation },
    ...(!isExcluded
      ? [{ name: `probe/${kind}/answer-${words.first}`, prefix: `${checked} </think> <answer>`, expected: answer }]
      : [
          { name: `probe/${kind}/${words.second}`, prefix: alternative, expected: secondChoice },
          {
            name: `probe/${kind}/answer-${words.second}`,
            prefix: `${alternative} ${secondChoice} . </think> <answer>`,
            expected: answer,
          },
        ]),
  ];
}

function opening(domain: Domain, problem: Problem): string {
  return `${renderPrompt(askAbout(domain, problem, "probe"), searchProtocol)} <think> ${problem.signs[0] ?? ""} ${domain.words.suggests} ${problem.fault.name} .`;
}

/** Another solution for a problem, false in the world in every line. */
function contradict(domain: Domain, problem: Problem): Solution {
  const truth = solve(problem);
  const random = randomStream([domain.name, "contradiction", problem.fault.name, problem.circumstance]);
  const { causes, remedies } = problem.field;
  const cause = random.choice(causes.filter(({ name }) => name !== truth.cause)).name;
  const others = remedies.filter(({ name }) => name !== truth.firstChoice && name !== truth.secondChoice);
  const [first, second] = random.sample(others, 2);
  if (first === undefined || second === undefined) throw new Error("a field needs at least four remedies");
  const isExcluded = !first.exclusions.includes(problem.circumstance);
  return {
    cause,
    firstChoice: first.name,
    secondChoice: second.name,
    isExcluded,
    answer: isExcluded ? second.name : first.name,
  };
}
