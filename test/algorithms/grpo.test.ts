import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { standardised } from "../../src/algorithms/groups.ts";

const rewards = fc.array(fc.double({ min: -2, max: 4, noNaN: true }), { minLength: 2, maxLength: 16 });

describe("GRPO advantages of a group", () => {
  test("are deviations from the mean in sample standard deviations", () => {
    const [low, middle, high] = standardised([0, 1, 2]);
    expect([low, middle, high]).toEqual([-1 / (1 + 1e-6), 0, 1 / (1 + 1e-6)]);
  });

  test("add up to zero and keep the order of the rewards", () => {
    fc.assert(
      fc.property(rewards, (group) => {
        const advantages = standardised(group);
        expect(Math.abs(advantages.reduce((sum, advantage) => sum + advantage, 0))).toBeLessThan(1e-6);
        const byReward = [...group.keys()]
          .toSorted((i, j) => (group[i] ?? 0) - (group[j] ?? 0))
          .map((index) => advantages[index] ?? 0);
        expect(byReward).toEqual(byReward.toSorted((a, b) => a - b));
      }),
    );
  });

  test("do not change when all rewards are moved by the same amount", () => {
    const group = [0.1, 0.4, 1, 1];
    for (const [index, advantage] of standardised(group.map((reward) => reward + 3)).entries())
      expect(advantage).toBeCloseTo(standardised(group)[index] ?? 0, 9);
  });

  test("are never larger than the group's size allows", () => {
    fc.assert(
      fc.property(rewards, (group) => {
        const bound = (group.length - 1) / Math.sqrt(group.length) + 1e-9;
        expect(Math.max(...standardised(group).map(Math.abs))).toBeLessThanOrEqual(bound);
      }),
    );
  });

  test("are exactly 0 without spread", () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: 1, max: 9 }), (reward, size) => {
        expect(standardised(Array.from({ length: size }, () => reward))).toEqual(Array.from({ length: size }, () => 0));
      }),
    );
  });

  test("refuse a reward that is no finite number", () => {
    expect(() => standardised([1, Number.NaN])).toThrow(/a reward is NaN/u);
    expect(() => standardised([1, Infinity])).toThrow(/a reward is Infinity/u);
  });
});
