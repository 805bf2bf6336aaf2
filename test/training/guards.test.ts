import { describe, expect, test } from "vitest";
import { checkGuards } from "../../src/training/guards.ts";
import { guardNames } from "../../src/domain/guard.ts";
import { testConfiguration } from "./trainer.ts";

const settings = {
  ...testConfiguration().guard,
  maximumGradientNorm: 10,
  minimumEntropy: 0.01,
  minimumFormatShare: 0.5,
  maximumLogProbabilityGap: 0.1,
};
const healthy = {
  loss: 0.3,
  gradientNorm: 2,
  entropy: 0.4,
  logProbabilityGap: 1e-5,
  formatShare: 0.9,
  initialFormatShare: 0.8,
};

describe("guards", () => {
  test("let a healthy step pass, and one of which nothing is known yet", () => {
    expect(checkGuards(healthy, settings, guardNames)).toBeNull();
    expect(checkGuards({}, settings, guardNames)).toBeNull();
  });

  test("look at those alone that the algorithm has", () => {
    expect(
      checkGuards(
        { ...healthy, entropy: 0.001 },
        settings,
        guardNames.filter((name) => name !== "entropy-collapse"),
      ),
    ).toBeNull();
  });

  test.each([
    ["not-finite", { loss: Number.NaN }, /loss is NaN/u],
    ["not-finite", { gradientNorm: Infinity }, /gradientNorm is Infinity/u],
    ["gradient-explosion", { gradientNorm: 11 }, /gradient norm 11\.00 is above 10/u],
    ["entropy-collapse", { entropy: 0.001 }, /below 0\.01/u],
    [
      "format-collapse",
      { formatShare: 0.39 },
      /39\.0 % of the trajectories pass the format gate, 80\.0 % did when the stage began/u,
    ],
    ["log-probability-gap", { logProbabilityGap: 0.2 }, /differ by 0\.200 nats/u],
  ] as const)("%s stops it: %j", (guard, readings, message) => {
    const finding = checkGuards({ ...healthy, ...readings }, settings, guardNames);
    expect(finding?.guard).toBe(guard);
    expect(finding?.message).toMatch(message);
  });
});
