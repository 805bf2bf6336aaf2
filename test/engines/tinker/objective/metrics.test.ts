import { expect, it } from "vitest";
import { addMetrics, emptyMetrics, measure } from "../../../../src/engines/tinker/objective/metrics.ts";

const loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.2, dualClip: 3 } as const;

it("keeps the largest gap, and one that is no number whatever comes after it", () => {
  const tokens = (current: number[]) => ({ current, sampled: [-1, -1, -1], advantage: 1 });
  expect(measure(loss, tokens([-1, -3, -1.5]), 0).logProbabilityGapMax).toBe(2);
  expect(measure(loss, tokens([-1, NaN, -1]), 0).logProbabilityGapMax).toBeNaN();
  const broken = { ...emptyMetrics, logProbabilityGapMax: NaN };
  expect(addMetrics(broken, emptyMetrics).logProbabilityGapMax).toBeNaN();
  expect(addMetrics(emptyMetrics, broken).logProbabilityGapMax).toBeNaN();
  expect(addMetrics(emptyMetrics, emptyMetrics)).not.toHaveProperty("entropySum");
});
