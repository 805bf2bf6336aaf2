import { describe, expect, test } from "vitest";
import type { BatchReceipt, StepPlan } from "../../src/domain/step.ts";
import { hashOf } from "../../src/trajectories/canonical.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { addressOf, details, samplePlan, sampleTrajectories, temporaryLog } from "./samples.ts";

const scores = [
  { total: 0.1 + 0.2, correct: true, values: { answer: 1, clinical: null } },
  { total: -0.1, correct: false, values: { malformedCall: 1 } },
];
const timings = { "timing_s/score": 0.25 };

function planFor(batch: BatchReceipt): StepPlan {
  return samplePlan(0, [batch], { scoresHash: hashOf(scores) });
}

describe("scores", () => {
  test("stand with the plan that was made from them, in the order of the trajectories", async () => {
    const log = await temporaryLog();
    const trajectories = sampleTrajectories(0, 2);
    const plan = planFor(await log.appendBatch(addressOf(0), trajectories, details));
    await log.appendPlan(plan, { scores, timings });
    const reader = await openRunLog(log.folder);
    const { fingerprint } = details;
    const step = { plan, batches: plan.batches, trajectories, scores, timings, fingerprint };
    expect(await reader.readStep(plan)).toEqual(step);
  });

  test("that are not those of the plan are refused", async () => {
    const log = await temporaryLog();
    const plan = planFor(await log.appendBatch(addressOf(0), sampleTrajectories(0, 2), details));
    await log.appendPlan(plan, { scores: scores.toReversed(), timings });
    await expect((await openRunLog(log.folder)).readStep(plan)).rejects.toThrow(
      /scores of step 0 .* are not those of its plan/u,
    );
  });
});
