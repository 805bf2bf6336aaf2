import { beforeEach, describe, expect, test } from "vitest";
import type { BatchReceipt, Step } from "../../src/domain/step.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import { hashOf } from "../../src/trajectories/canonical.ts";
import { createStepAtWork, type StepAtWork } from "../../src/training/stepAtWork.ts";
import { addressOf, details, samplePlan, sampleTrajectories, temporaryLog, unscored } from "../trajectories/samples.ts";

let log: RunLog;
let atWork: StepAtWork;
/** Batches and steps that were read from the log. */
let read: string[];

beforeEach(async () => {
  log = await temporaryLog();
  read = [];
  atWork = createStepAtWork({
    ...log,
    readBatches: (receipts) => {
      read.push(...receipts.map(({ batchId }) => batchId));
      return log.readBatches(receipts);
    },
    readStep: (address) => {
      read.push(`step ${address.step}`);
      return log.readStep(address);
    },
  });
});

async function sample(shard = 0): Promise<Step & { readonly batch: BatchReceipt }> {
  const trajectories = sampleTrajectories(0, 2 + shard);
  const timings = { "timing_s/rollout": shard + 1 };
  const batch = await log.appendBatch({ ...addressOf(0), shard }, trajectories, { ...details, timings });
  return { batch, batches: [batch], trajectories, fingerprint: details.fingerprint, timings };
}

const scores = [1, 2].map((total) => ({ total, correct: true, values: {} }));

describe("a step at work", () => {
  test("is handed on as the log would give it back, without being read", async () => {
    const { batch, ...step } = await sample();
    atWork.sampled(step);
    expect(await atWork.load([batch])).toEqual(await log.readBatches([batch]));
    expect(read).toEqual([]);
  });

  test("is read where another process sampled it, or a part of it", async () => {
    const [own, others] = [await sample(0), await sample(1)];
    atWork.sampled(own);
    const step = await atWork.load([own.batch, others.batch]);
    expect(step).toEqual(await log.readBatches([own.batch, others.batch]));
    expect(step.timings).toEqual({ "timing_s/rollout": 3 });
    expect(read).toEqual([others.batch.batchId]);
    expect(await atWork.load([own.batch, others.batch])).toEqual(step);
    expect(read).toEqual([others.batch.batchId]);
  });

  test("keeps its scores while further questions are asked, as long as the weights stay", async () => {
    const first = await sample(0);
    atWork.scored({ ...first, scores }, { answer: 1 }, { "timing_s/score": 2 });
    const whole = await atWork.load([first.batch, (await sample(1)).batch]);
    expect(atWork.scoredBefore(whole, { answer: 1 })).toMatchObject([
      { scores, timings: { "timing_s/score": 2 } },
      null,
    ]);
    expect(atWork.scoredBefore(whole, { answer: 0.5 })).toEqual([null, null]);
  });

  test("keeps the scores of shards that are scored in any order, each with its own, until another iteration is at work", async () => {
    const [one, other] = [await sample(0), await sample(1)];
    const others = scores.map((score) => ({ ...score, total: score.total + 10 }));
    atWork.scored({ ...other, scores: others }, { answer: 1 }, {});
    atWork.scored({ ...one, scores }, { answer: 1 }, {});
    const whole = await atWork.load([one.batch, other.batch]);
    expect(atWork.scoredBefore(whole, { answer: 1 })).toMatchObject([{ scores }, { scores: others }]);
    // All of them are kept anew when they were scored with further ones; what that took is counted once.
    atWork.scored({ ...whole, scores: [...scores, ...others] }, { answer: 1 }, { "timing_s/score": 3 });
    const kept = atWork.scoredBefore(whole, { answer: 1 });
    expect(kept).toMatchObject([
      { scores, timings: { "timing_s/score": 3 } },
      { scores: others, timings: {} },
    ]);
    const next = whole.trajectories.map((trajectory) => ({ ...trajectory, iteration: 99 }));
    atWork.scored({ ...whole, batches: [], trajectories: next, scores: [] }, { answer: 1 }, {});
    expect(atWork.scoredBefore(whole, { answer: 1 })).toEqual([null, null]);
  });

  test("is handed on with its plan, unless another plan came to count", async () => {
    const { batch, ...step } = await sample();
    const plan = samplePlan(0, [batch], { scoresHash: hashOf(scores) });
    await log.appendPlan(plan, { scores, timings: {} });
    atWork.planned({ ...step, plan, scores });
    expect(await atWork.loadPlanned(plan)).toMatchObject({ plan });
    expect(read).toEqual([]);
    const smaller = { ...plan, revision: 1, scoresHash: hashOf(unscored.scores) };
    await log.appendPlan(smaller, unscored);
    expect(await atWork.loadPlanned(plan)).toMatchObject({ plan: smaller });
    expect(read).toEqual(["step 0"]);
  });
});
