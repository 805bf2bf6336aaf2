import { expect, it } from "vitest";
import { observe } from "../../src/curriculum/observe.ts";
import type { EvaluationRecord, IterationRecord } from "../../src/trajectories/records.ts";

const iterations = Array.from(
  { length: 6 },
  (_, step): IterationRecord => ({
    branch: "main",
    step,
    stage: 1,
    iteration: step,
    metrics: { "search/count": step, "timing_s/score": 1, ...(step === 5 ? { "search/filter_share": 0.5 } : {}) },
  }),
);

function answered(pool: string, step: number, right: number, of: number): EvaluationRecord {
  const results = Array.from({ length: of }, (_, index) => ({
    questionId: `q${index}`,
    cluster: `c${index}`,
    sample: 0,
    correct: index < right,
    total: 0,
    values: { format: 1, answer: index < right ? 1 : 0.1, reasoning: index < right ? 0.2 : 0.9 },
  }));
  return { branch: "main", step, pool, results, metrics: { "search/count": 1 } };
}

it("a schedule sees validation answers and training metrics, and nothing of held-out pools", () => {
  const { beginning, looks } = observe(iterations, [
    answered("held-out", 0, 4, 4),
    answered("validation", 6, 3, 4),
    answered("validation", 0, 1, 4),
    answered("held-out", 6, 4, 4),
  ]);
  expect(beginning).toEqual({ "search/count": 1 });
  expect(looks.map(({ step, training }) => [step, training])).toEqual([
    [0, null],
    [6, { "search/count": 4, "search/filter_share": 0.5 }],
  ]);
  expect(looks.map(({ validation }) => validation["accuracy"])).toEqual([0.25, 0.75]);
  expect(looks[0]?.validation["reward/answer"]).toBeCloseTo((1 + 3 * 0.1) / 4);
  expect(looks[0]?.validation["reward_correlation/reasoning"]).toBeCloseTo(-1);
});
