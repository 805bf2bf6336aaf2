import { describe, expect, test } from "vitest";
import { askPart, PartFaultError } from "../../src/parts/partFault.ts";
import { metricGroups } from "../../src/parts/metricGroups.ts";
import { ownMetrics } from "../../src/parts/ownMetrics.ts";
import { behaviourMetrics, throughput, tokenMetrics, updateMetrics } from "../../src/training/stepMetrics.ts";
import { cpuActivity } from "../../temporal.config.ts";
import { samplePlan, sampleTrajectories } from "../trajectories/samples.ts";

const part = { kind: "environment", name: "look" };

describe("metrics of a part's own", () => {
  test("are finite numbers whose names begin with the part's", () => {
    expect(ownMetrics(part, () => ({ "look/depth": 2, "look/level/1": 0.5 }))).toEqual({
      "look/depth": 2,
      "look/level/1": 0.5,
    });
  });

  test("are refused by part and metric", () => {
    expect(() => ownMetrics(part, () => ({ "reward/total": 42 }))).toThrow(
      'environment "look" gave the metric "reward/total"; names of its own begin with "look/"',
    );
    expect(() => ownMetrics(part, () => ({ "look/depth": Infinity }))).toThrow(
      /^environment "look" gave metrics that do not fit: look\/depth: .*Infinity/u,
    );
    expect(() => ownMetrics(part, () => ({ "look/count": 1 }), ["look/count"])).toThrow(
      'environment "look" gave the metric "look/count", which the project gives; choose another name',
    );
  });
});

test("no part that gives metrics may be called like a group of the project's", () => {
  const trajectories = sampleTrajectories(0);
  const plan = samplePlan(0);
  const scores = trajectories.map((_, index) => ({
    total: index,
    correct: true,
    values: { format: 1, answer: index, clinical: null },
    ...(index === 3 && { correct: null, failed: ["answer" as const] }),
  }));
  const result = { tokens: 1, loss: 1, entropySum: 1, klReferenceSum: 0, clippedLow: 0, clippedHigh: 0 };
  const names = Object.keys({
    ...behaviourMetrics(trajectories, scores),
    ...updateMetrics({ plan }, [{ ...result, klSampleTrainSum: 0, logProbabilityGapMax: 0, gradientNorm: 1 }]),
    ...throughput(trajectories, { "timing_s/update": 1 }),
    ...tokenMetrics({ plan, trajectories }),
  });
  // A part's name has no underscore.
  const groups = names.map((name) => name.split("/")[0] ?? "").filter((group) => !group.includes("_"));
  expect(groups.filter((group) => !metricGroups.has(group))).toEqual([]);
  expect(groups).toEqual(expect.arrayContaining(["reward", "failed", "actor", "tokens"]));
});

test("what a part's function throws names the part, keeps its cause and is never retried", () => {
  const cause = new TypeError("x is not a function");
  const ask = (): never =>
    askPart('algorithm "mine"', () => {
      throw cause;
    });
  expect(ask).toThrow(expect.objectContaining({ message: 'algorithm "mine" threw: x is not a function', cause }));
  expect(cpuActivity.retry.nonRetryableErrorTypes).toContain(new PartFaultError("").name);
});
