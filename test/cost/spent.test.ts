import { describe, expect, it } from "vitest";
import { budgetAfter, reachedBudget } from "../../src/cost/budget.ts";
import { spentOf } from "../../src/cost/spent.ts";
import { defaultCost } from "../../src/configuration/cost.ts";
import { noSpent } from "../../src/domain/usage.ts";
import { baselinePool } from "../../src/evaluation/baselines.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { addressOf, details, samplePlan, sampleTrajectories, takeStep, temporaryLog } from "../trajectories/samples.ts";

const noScores = { scores: [], timings: {} };
/** Of a sample trajectory: 4 policy tokens in 2 stretches, a prompt of 3, an answer of 2. */
const one = { sampledTokens: 4, prefilledTokens: 5, requests: 2 };
const answered = {
  branch: "main",
  step: 0,
  results: [{ questionId: "q", cluster: "q", sample: 0, correct: true, total: 1, values: {} }],
  metrics: {},
};
const took = { sampledTokens: 10, prefilledTokens: 20, trainedTokens: 0, requests: 3, seconds: 2, money: 0 };

describe("what a run took is counted from its log", () => {
  it("each planned step once, whoever planned it and however often, and the same by every process", async () => {
    const log = await temporaryLog();
    const batch = await log.appendBatch(addressOf(0), sampleTrajectories(0, 4), details);
    const plan = samplePlan(0, [batch]);
    await takeStep(log, plan, { "timing_s/rollout": 3, "timing_s/update": 1, accuracy: 1 });
    const counted = { sampledTokens: 16, prefilledTokens: 20, trainedTokens: 36, requests: 8, seconds: 4 };
    expect((await log.readUsage()).steps).toEqual(counted);
    // A worker died, and another one samples, plans and applies the same again; a plan is revised for want of memory.
    const other = await openRunLog(log.folder);
    await other.appendBatch(addressOf(0), sampleTrajectories(0, 4), { ...details, attempt: 2 });
    await takeStep(other, plan, { "timing_s/rollout": 30, accuracy: 1 });
    await other.appendPlan({ ...plan, revision: 1, minibatches: [[[0], [1], [2], [3]]] }, noScores);
    expect((await other.readUsage()).steps).toEqual(counted);
    await expect((await openRunLog(log.folder)).readUsage().then(({ steps }) => steps)).resolves.toEqual(counted);
  });

  it("a step that was sampled but never applied trains nothing", async () => {
    const log = await temporaryLog();
    const batch = await log.appendBatch(addressOf(0), sampleTrajectories(0, 1), details);
    await log.appendPlan(samplePlan(0, [batch], { minibatches: [[[0]]] }), noScores);
    expect((await log.readUsage()).steps).toEqual({ ...one, trainedTokens: 0, seconds: 0 });
  });

  it("steps that a roll-back left behind stay counted", async () => {
    const log = await temporaryLog();
    const batch = await log.appendBatch(addressOf(0), sampleTrajectories(0, 1), details);
    await takeStep(log, samplePlan(0, [batch], { minibatches: [[[0]]] }));
    await log.appendBranch({
      name: "branch-1",
      parent: "main",
      forkStep: 0,
      cause: "rollback",
      stage: null,
      reason: "Ada",
      learningRateFactor: 1,
    });
    expect((await log.readUsage()).steps).toMatchObject({ ...one, trainedTokens: 9 });
  });

  it("evaluations once a policy and pool; those of baselines are a service's, at its price", async () => {
    const log = await temporaryLog();
    await log.appendEvaluation({ ...answered, pool: "a", usage: took });
    await log.appendEvaluation({ ...answered, pool: "a", usage: { ...took, sampledTokens: 99 } });
    await log.appendEvaluation({ ...answered, pool: baselinePool("gpt", "a"), usage: { ...took, money: 0.5 } });
    const price = { sampled: 1e6, prefilled: 0, trained: 0, hour: 3600 };
    const judged = { requests: 1, inputTokens: 100, outputTokens: 10, money: 0.25 };
    const { money: _, ...own } = took;
    expect(await spentOf(log, { cost: { ...defaultCost, price } }, judged)).toEqual({
      ...own,
      seconds: 4,
      serviceTokens: 140,
      serviceRequests: 4,
      // 10 tokens at 1, 2 s at 1, the baseline and the judge.
      money: 10 + 2 + 0.5 + 0.25,
    });
    expect((await spentOf(log, { cost: defaultCost })).money).toBeNull();
  });
});

describe("a budget", () => {
  const spent = { ...noSpent, sampledTokens: 600, trainedTokens: 400, seconds: 1800, money: 5 };
  it("is reached at its limit, and says which one", () => {
    expect(reachedBudget({ tokens: 1001, money: null, hours: 0.6 }, spent)).toBeNull();
    expect(reachedBudget({ tokens: 1000, money: 4, hours: 0.5 }, spent)).toBe(
      "the budget is reached (tokens: 1,000 of 1,000; money: 5 of 4; hours: 0.5 of 0.5)",
    );
  });

  it("holds as the last person approved it, limit by limit, and outlives the process", async () => {
    const log = await temporaryLog();
    const person = { name: "Ada", reason: "worth it" };
    await log.appendBudget({ tokens: 2000, money: null, hours: null, ...person });
    await log.appendBudget({ tokens: null, money: 9, hours: null, ...person });
    const approvals = await (await openRunLog(log.folder)).readBudgets();
    expect(budgetAfter({ tokens: 1000, money: 4, hours: 2 }, approvals)).toEqual({ tokens: 2000, money: 9, hours: 2 });
  });
});
