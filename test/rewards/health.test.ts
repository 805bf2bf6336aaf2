import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Score } from "../../src/domain/reward.ts";
import { drift, isSuspect, rewardSpreads, spreadMetrics } from "../../src/rewards/health.ts";

const score = (correct: boolean, semantic: number | null, format = 1): Score => ({
  total: 0,
  correct,
  values: { format, semantic },
});
const rising = Array.from({ length: 20 }, (_, index) => index / 20);

describe("health of a reward", () => {
  it("says how it is spread and how it goes with being right", () => {
    const [spread] = rewardSpreads([score(true, 0.9), score(false, 0.1), score(true, 0.9), score(false, 0.1)]).filter(
      ({ name }) => name === "semantic",
    );
    expect(spread).toMatchObject({ scored: 4, mean: 0.5, correlation: 1 });
    expect(spread?.deviation).toBeCloseTo(0.4 * Math.sqrt(4 / 3));
  });

  it("leaves out what was not scored or failed the gate, and has no correlation without variation", () => {
    expect(
      rewardSpreads([score(true, null), score(true, 0.5), score(false, 0.9, 0)]).find(
        ({ name }) => name === "semantic",
      ),
    ).toMatchObject({ scored: 1, mean: 0.5, deviation: 0, correlation: null });
    expect(spreadMetrics([score(true, 0.5)])).toEqual({ "reward_deviation/format": 0, "reward_deviation/semantic": 0 });
  });

  it("is always finite, correlations between −1 and 1", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ correct: fc.boolean(), value: fc.double({ min: 0, max: 1, noNaN: true }) })),
        (rows) => {
          for (const value of Object.values(
            spreadMetrics(rows.map(({ correct, value: semantic }) => score(correct, semantic))),
          ))
            expect(Math.abs(value)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("sees drift, and suspects a reward that rises while accuracy falls", () => {
    expect(drift(rising)).toBeCloseTo(0.8);
    expect(drift([1, 2])).toBeNull();
    expect(isSuspect(rising, rising.toReversed())).toBe(true);
    expect(isSuspect(rising, rising)).toBe(false);
  });
});
