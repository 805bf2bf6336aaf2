import { searchProtocol } from "../environments/search/searchTags.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import { passagesShown, readLibrary } from "./base/evidence.ts";
import type { Library } from "./base/evidence.ts";
import { strongest } from "./base/statements.ts";
import type { DocumentedStatement } from "./base/statements.ts";
import { documentText } from "./base/wording.ts";
import { contradict } from "./contradiction.ts";
import { threeBands } from "./domain.ts";
import type { Domain } from "./domain.ts";
import { writeDocuments } from "./documents.ts";
import type { World } from "./facts.ts";
import { askAbout, drawProblems, exclusionWord, leadWord, solve } from "./worldQuestions.ts";
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
  // No search about a silent field shows what would have to be read.
  const documented = heldOut.filter(({ field }) => !field.silent);
  return [
    ...documented.flatMap((problem) => chainProbes(world, problem, solve(problem), library, "reading")),
    ...(world.regime.silentFields > 0 ? heldOut.map((problem) => abstentionProbe(world, problem)) : []),
    ...heldOut.map((problem) => memoryProbe(world.domain, problem, "probe/memory/held-out")),
    ...known.map((problem) => memoryProbe(world.domain, problem, "probe/memory/known")),
    ...known.flatMap((problem) => chainProbes(world, problem, contradict(world.domain, problem), library, "conflict")),
  ];
}

/** A search that shows nothing about the fault: the policy is to give up thinking and to abstain, not to state a cause. */
function abstentionProbe({ domain }: World, problem: Problem): Probe {
  const { fault, field } = problem;
  const others = field.faults.filter(({ name }) => name !== fault.name);
  const found = others.slice(0, passagesShown).map(
    ({ name, cause }): DocumentedStatement => ({
      head: name,
      pairs: [[domain.words.cause, cause]],
      level: domain.scale.levels.length,
    }),
  );
  const search = `<search> ${fault.name} ${domain.words.cause} </search> ${documentText(found, domain.scale)}`;
  return { name: "probe/reading/nothing", prefix: `${opening(domain, problem)} ${search}`, expected: "</think>" };
}

/** The line up to the word that memory must supply. */
function memoryProbe(domain: Domain, problem: Problem, name: string): Probe {
  return {
    name,
    prefix: `${opening(domain, problem)} ${problem.fault.name} ${domain.words.cause}`,
    expected: solve(problem).path[0] ?? "",
  };
}

/**
 * Every line of the chain after an ideal search, whose document states the given solution; and whether the last search asks about the question's
 * circumstance. Beside a check stands what the corpus says of the same remedy in another circumstance, the opposite where it says that of any: a search
 * for the one finds the other too.
 */
function chainProbes(
  world: World,
  problem: Problem,
  solution: Solution,
  library: Library,
  kind: "reading" | "conflict",
): Probe[] {
  const { domain } = world;
  const { words, scale } = domain;
  const [best] = threeBands(domain);
  const { fault, circumstance } = problem;
  const { path, firstChoice, secondChoice, isExcluded, answer } = solution;
  const cause = path.at(-1) ?? "";
  const relation = exclusionWord(words, solution);
  const aside = library.get(`${fault.name} ${words.asides[1]}`)?.[0];
  const consult = (query: string, found: readonly (DocumentedStatement | undefined)[]): string =>
    `<search> ${query} ${best} </search> ${documentText(
      found.filter((statement) => statement !== undefined),
      scale,
    )}`;
  const strong = (head: string, pairs: DocumentedStatement["pairs"]): DocumentedStatement => ({
    head,
    pairs,
    level: scale.levels.length,
  });
  const causes: Probe[] = [];
  let text = opening(domain, problem);
  for (const [step, tail] of path.entries()) {
    const [head, word] = [[fault.name, ...path][step] ?? "", leadWord(words, step)];
    const prefix = `${text} ${consult(`${head} ${word}`, [strong(head, [[word, tail]]), aside])} ${head} ${word}`;
    causes.push({ name: `probe/${kind}/${word}`, prefix, expected: tail });
    text = `${prefix} ${tail} .`;
  }
  const second = `${text} ${consult(`${cause} ${words.first}`, [
    strong(cause, [
      [words.first, firstChoice],
      [words.second, secondChoice],
    ]),
    aside,
  ])} ${cause} ${words.first}`;
  const check = strong(firstChoice, [[relation, circumstance]]);
  const beside = checkBeside(world, problem, check, library);
  const thirdAfter = (found: readonly (DocumentedStatement | undefined)[]): string =>
    `${second} ${firstChoice} . ${consult(`${firstChoice} ${circumstance}`, found)} ${firstChoice}`;
  const third = thirdAfter([check, beside]);
  const asking = `${second} ${firstChoice} . <search> ${firstChoice}`;
  const checked = `${third} ${relation} ${circumstance} .`;
  const alternative = `${checked} ${cause} ${words.second}`;
  return [
    ...causes,
    { name: `probe/${kind}/${words.first}`, prefix: second, expected: firstChoice },
    { name: `probe/${kind}/${relation}`, prefix: third, expected: relation },
    { name: `probe/${kind}/${relation}`, prefix: thirdAfter([beside, check]), expected: relation },
    { name: `probe/${kind}/after-${relation}`, prefix: checked, expected: isExcluded ? cause : "</think>" },
    ...(kind === "reading" ? [{ name: "probe/asking/circumstance", prefix: asking, expected: circumstance }] : []),
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

/** The corpus's best statement about the checked remedy in another circumstance. */
function checkBeside(
  { circumstances }: World,
  { circumstance }: Problem,
  check: DocumentedStatement,
  library: Library,
): DocumentedStatement | undefined {
  const others = circumstances
    .filter((other) => other !== circumstance)
    .flatMap((other) => {
      const found = library.get(`${check.head} ${other}`);
      return found === undefined ? [] : [strongest(found)];
    });
  return others.find(({ pairs }) => pairs[0]?.[0] !== check.pairs[0]?.[0]) ?? others[0];
}

function opening(domain: Domain, problem: Problem): string {
  return `${renderPrompt(askAbout(domain, problem, "probe"), searchProtocol)} <think> ${problem.signs[0] ?? ""} ${domain.words.suggests} ${problem.fault.name} .`;
}
