import { describe, expect, test } from "vitest";
import { behaviourMetrics, throughput, updateMetrics } from "../../src/training/stepMetrics.ts";
import { samplePlan, sampleTrajectories } from "../trajectories/samples.ts";

describe("metrics of a step's trajectories", () => {
  const trajectories = sampleTrajectories(0);
  const scores = [1, 1, 0.5, 0].map((total) => ({
    total,
    correct: total === 1,
    values: { format: total > 0 ? 1 : 0, answer: total, clinical: null },
  }));
  const metrics = behaviourMetrics(trajectories, scores, { "search/count": 1 });

  test("are means and shares over all of them", () => {
    expect(metrics).toMatchObject({
      "reward/total": 0.625,
      "reward/answer": 0.625,
      accuracy: 0.5,
      "format/share": 0.75,
      "response_length/mean": 6,
      "search/count": 1,
      "stop/end": 1,
      "stop/length": 0,
    });
  });

  test("leave out what could not be scored, and count it", () => {
    expect(metrics).not.toHaveProperty("reward/clinical");
    expect(metrics["unscored/clinical"]).toBe(1);
    expect(metrics).not.toHaveProperty("unscored/answer");
  });

  test("give the share of a reward's values that were clamped, and none where none was", () => {
    const clamped = behaviourMetrics(
      trajectories,
      scores.map((score, index) => (index === 0 ? { ...score, clamped: ["answer"] } : score)),
    );
    expect(clamped["clamped/answer"]).toBe(0.25);
    expect(Object.keys(metrics).filter((name) => name.startsWith("clamped/"))).toEqual([]);
  });

  test("count responses that a grader failed on, and keep them out of every mean", () => {
    const ungraded = behaviourMetrics(
      trajectories,
      scores.map((score, index) => (index === 1 ? { ...score, correct: null, failed: ["answer"] } : score)),
    );
    expect(ungraded).toMatchObject({ "reward/total": 0.5, accuracy: 1 / 3, unscored: 1, "failed/answer": 1 });
    expect(ungraded["groups/left_out"]).toBe(1);
    for (const name of ["unscored", "failed/answer", "groups/left_out"]) expect(metrics).not.toHaveProperty(name);
  });

  test("tell the groups that teach nothing", () => {
    expect(metrics["groups/zero_variance"]).toBe(0);
    expect(
      behaviourMetrics(
        trajectories,
        scores.map((score) => ({ ...score, total: 1 })),
      )["groups/zero_variance"],
    ).toBe(1);
  });
});

describe("metrics of an update", () => {
  const minibatch = {
    tokens: 10,
    loss: 0.5,
    entropySum: 4,
    klReferenceSum: 0,
    clippedLow: 1,
    clippedHigh: 2,
    klSampleTrainSum: 0.1,
    logProbabilityGapMax: 0.01,
    gradientNorm: 3,
  };

  test("weigh minibatches by their tokens and compare with the sampler in the first alone", () => {
    const metrics = updateMetrics({ plan: samplePlan(0) }, [
      minibatch,
      { ...minibatch, tokens: 30, logProbabilityGapMax: 1, klSampleTrainSum: 9, gradientNorm: 5 },
    ]);
    expect(metrics).toEqual({
      "actor/lr": 1e-3,
      "actor/pg_loss": 0.5,
      "actor/grad_norm": 4,
      "actor/entropy": 0.2,
      "actor/clip_ratio/low": 0.05,
      "actor/clip_ratio/high": 0.1,
      "optim/kl_sample_train": 0.01,
      "optim/log_probability_gap": 0.01,
      "tokens/learnt": 40,
    });
  });

  test("tell the KL from the reference apart from the policy gradient's loss", () => {
    const plan = samplePlan(0);
    const termed = { ...plan, lossDivisors: [10], loss: { ...plan.loss, klCoefficient: 0.5, entropyCoefficient: 0.1 } };
    const metrics = updateMetrics({ plan: termed }, [{ ...minibatch, klReferenceSum: 2 }]);
    expect(metrics["actor/kl_loss"]).toBeCloseTo(0.2, 10);
    expect(metrics["actor/pg_loss"]).toBeCloseTo(0.5 - 0.5 * 0.2 + 0.1 * 0.4, 10);
  });

  test("tell the speed of an iteration by all that it took", () => {
    const trajectories = sampleTrajectories(0);
    const tokens = trajectories.reduce(
      (total, { promptTokens, segments }) =>
        total + promptTokens.length + segments.reduce((sum, segment) => sum + segment.tokens.length, 0),
      0,
    );
    expect(
      throughput(trajectories, {
        "timing_s/rollout": 1.5,
        "timing_s/score": 0.25,
        "timing_s/update": 0.25,
        "judge/calls": 7,
      }),
    ).toEqual({ "perf/tokens_per_s": tokens / 2 });
    expect(throughput(trajectories, {})).toEqual({});
  });

  test("of a step without anything to learn are the rate alone", () => {
    expect(updateMetrics({ plan: samplePlan(0) }, [])).toEqual({ "actor/lr": 1e-3 });
  });
});
