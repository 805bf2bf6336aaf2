import { expect, test } from "vitest";
import { noSpent } from "../../src/domain/usage.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import type { RunReport } from "../../src/report/runReport.ts";
import { healthFlags } from "../../src/report/reportNotes.ts";

function report(changes: Partial<RunReport>): RunReport {
  return {
    configuration: resolveConfiguration({}),
    fingerprints: {},
    evaluations: [],
    benchmarks: [],
    retrieval: null,
    gates: [],
    decisions: [],
    spent: noSpent,
    budgets: [],
    baselines: [],
    iterations: [],
    dataNotes: [],
    warmStartNotes: [],
    modelNote: null,
    events: [],
    examples: [],
    audit: { findings: [], tooShort: [] },
    ...changes,
  };
}

test("a base that hardly reads some line is told; what trained policies read, and what other probes say, is not", () => {
  const evaluation = (stage: number, metrics: Record<string, number>) => ({
    stage,
    checkpoint: stage === 0 ? "base" : "after reasoner",
    pool: "held-out-diseases",
    accuracy: 0.2,
    low: 0.1,
    high: 0.3,
    questions: 10,
    ungraded: 0,
    metrics,
  });
  const evaluations = [
    evaluation(0, { "probe/reading/avoid": 0.06, "probe/reading/first": 1, "probe/memory/held-out": 0 }),
    evaluation(1, { "probe/reading/avoid": 0.06 }),
  ];
  expect(healthFlags(report({ evaluations }))).toEqual([
    expect.stringMatching(/^The base hardly reads some lines \(right probes on held-out-diseases: avoid 6\.0 %\)/u),
  ]);
  expect(healthFlags(report({ evaluations: evaluations.slice(1) }))).toEqual([]);
});

test("responses that a grader failed on are said by stage and part, with the groups left out", () => {
  const iteration = (index: number, metrics: Record<string, number>) => ({
    stage: 1,
    stageName: "reasoner",
    iteration: index,
    metrics,
  });
  const iterations = [
    iteration(0, { unscored: 2, "failed/answer": 2, "groups/left_out": 1 }),
    iteration(1, {}),
    iteration(2, { unscored: 1, "failed/answer": 1, "failed/reasoning": 1, "groups/left_out": 1 }),
  ];
  expect(healthFlags(report({ iterations }))).toEqual([
    "Stage reasoner: a judge, extractor or measurement failed on 3 responses (answer 3, reasoning 1); the groups of 2 questions were left out of updates.",
  ]);
});

test("answers of an evaluation that could not be graded are said", () => {
  const evaluation = {
    stage: 0,
    checkpoint: "base",
    pool: "held-out",
    accuracy: 0.5,
    low: 0.4,
    high: 0.6,
    questions: 10,
    ungraded: 3,
    metrics: {},
  };
  expect(healthFlags(report({ evaluations: [evaluation, { ...evaluation, stage: 1, ungraded: 0 }] }))).toEqual([
    "3 answers on held-out (base) could not be graded: the accuracy leaves them out.",
  ]);
});

test("a filter that was not found is said with what to try, which leaves out what the run has already", () => {
  const iterations = Array.from({ length: 40 }, (_, index) => ({
    stage: 2,
    stageName: "together",
    iteration: index,
    metrics: { "search/filter_share": 0.1 },
  }));
  const flagsOf = (preset: string): string[] =>
    healthFlags(report({ iterations, configuration: resolveConfiguration({ preset }) }));
  expect(flagsOf("quick-staged")).toEqual([
    "The evidence filter was not found: 10.0 % of the last searches ask for a band of evidence. Try another seed (--seed), or --schedule adaptive, which has searching learnt first.",
  ]);
  expect(flagsOf("quick")).toEqual([
    "The evidence filter was not found: 10.0 % of the last searches ask for a band of evidence. Try another seed (--seed).",
  ]);
});

test("a filter that nobody needs is not missed: the searches find the gold documents without it", () => {
  const flagsAt = (recall: number): string[] => {
    const metrics = { "search/filter_share": 0, "reward/retrievalRecall": recall };
    const iterations = Array.from({ length: 40 }, (_, index) => ({
      stage: 2,
      stageName: "together",
      iteration: index,
      metrics,
    }));
    return healthFlags(report({ iterations, configuration: resolveConfiguration({ preset: "quick" }) }));
  };
  expect(flagsAt(0.97)).toEqual([]);
  expect(flagsAt(0.63)).toHaveLength(1);
});

test("passages that are mostly cut are said, with the setting that cuts them", () => {
  const flagsAt = (share: number): string[] => {
    const metrics = { "search/cut_share": share };
    return healthFlags(report({ iterations: [{ stage: 1, stageName: "all", iteration: 0, metrics }] }));
  };
  expect(flagsAt(0.8)).toEqual([
    "80.0 % of the passages that the last searches showed were cut at 32 tokens (environments.search.maxPassageTokens): what stands behind the cut is neither read nor rewarded.",
  ]);
  expect(flagsAt(0.3)).toEqual([]);
});

test("searches that find no gold document are said, where they are made", () => {
  const flagsAt = (recall: number, searches: number): string[] => {
    const metrics = { "reward/retrievalRecall": recall, "search/count": searches };
    const iterations = Array.from({ length: 30 }, (_, iteration) => ({
      stage: 2,
      stageName: "all",
      iteration,
      metrics,
    }));
    return healthFlags(report({ iterations }));
  };
  expect(flagsAt(0.02, 1.4)).toEqual([
    "Searches find hardly any gold document: recall 0.02 in the last 10 iterations, with 1.4 searches an answer. Look at what they ask (npm run trajectories), and whether this corpus has the documents (workflow evaluateRetrieval).",
  ]);
  expect(flagsAt(0.3, 1.4)).toEqual([]);
  expect(flagsAt(0, 0.2)).toEqual([]);
});

test("updates that mostly learnt from no trajectory are said, with why", () => {
  const flagsOf = (updates: readonly { readonly trained: number; readonly equal: number }[]): string[] =>
    healthFlags(
      report({
        iterations: updates.map(({ trained, equal }, iteration) => ({
          stage: 1,
          stageName: "all",
          iteration,
          metrics: { "tokens/trained": trained, "groups/zero_variance": equal },
        })),
      }),
    );
  const [learnt, same, ignored] = [
    { trained: 50, equal: 0.5 },
    { trained: 0, equal: 1 },
    { trained: 0, equal: 0.75 },
  ];
  expect(flagsOf([learnt, same, same])).toEqual([
    "2 of 3 updates learnt from no trajectory: the responses to each question earned the same.",
  ]);
  expect(flagsOf([learnt, ignored, ignored, same])).toEqual([
    "3 of 4 updates learnt from no trajectory: in 2 of them responses to one question earned differently, and the algorithm gdpo gave none of them an advantage.",
  ]);
  expect(flagsOf([learnt, same])).toEqual([]);
  expect(flagsOf([])).toEqual([]);
});
