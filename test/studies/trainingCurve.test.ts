import { expect, test } from "vitest";
import { trainingCurve } from "../../src/studies/trainingCurve.ts";
import type { RunHistory } from "../../src/trajectories/history.ts";

/** As far as the names of stages need it. */
const history = { currentBranch: "main", decisions: () => [] } as unknown as RunHistory;

test("a curve tells what each update took in all, and no part of it; one that was not timed has no such point", () => {
  const record = (step: number, metrics: Record<string, number>) => ({
    branch: "main",
    step,
    stage: 1,
    iteration: step,
    metrics,
  });
  const timed = {
    accuracy: 0.5,
    "tokens/sampled": 10,
    "timing_s/rollout": 2,
    "timing_s/update": 0.5,
    "perf/tokens_per_s": 4,
  };
  const { every, stages, metrics } = trainingCurve(history, [record(0, timed), record(1, { accuracy: 0.75 })]);
  expect({ every, stages }).toEqual({ every: 1, stages: [{ name: "1", updates: 2 }] });
  expect(metrics).toEqual({
    accuracy: [0.5, 0.75],
    "tokens/sampled": [10, null],
    "seconds/update": [2.5, null],
  });
});
