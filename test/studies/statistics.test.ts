import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { wilsonInterval } from "../../src/evaluation/statistics.ts";
import { cohenKappa, krippendorffAlpha } from "../../src/studies/statistics/agreement.ts";
import {
  normalBelow,
  normalQuantile,
  studentBelow,
  studentQuantile,
} from "../../src/studies/statistics/distributions.ts";
import { holm } from "../../src/studies/statistics/holm.ts";
import { medianSpent, spentToReach, valueAt } from "../../src/studies/statistics/learningCurve.ts";

const numbers = z.array(z.number());
const rows = z.array(z.array(z.number().nullable()));
const Fixture = z.object({
  normal: z.object({ below: z.array(numbers), quantiles: z.array(numbers) }),
  student: z.object({ below: z.array(numbers), quantiles: z.array(numbers) }),
  wilson: z.array(numbers),
  holm: z.array(z.object({ p: numbers, adjusted: numbers })),
  alpha: z.array(z.object({ ratings: rows, nominal: z.number(), ordinal: z.number() })),
  kappa: z.array(z.object({ first: numbers, second: numbers, kappa: z.number() })),
});
const peers = Fixture.parse(JSON.parse(readFileSync(new URL("fixtures/statistics.json", import.meta.url), "utf8")));

/** By unit what the raters said, those who did not left out. */
const unitsOf = (ratings: readonly (readonly (number | null)[])[]): number[][] =>
  (ratings[0] ?? []).map((_, unit) => ratings.flatMap((row) => row[unit] ?? []));

describe("beside scipy, statsmodels, scikit-learn and krippendorff (bench/peers/statistics_fixtures.py made the numbers)", () => {
  test("the normal distribution", () => {
    for (const [x = NaN, share = NaN] of peers.normal.below)
      expect(normalBelow(x) / share, `at ${x}`).toBeCloseTo(1, 10);
    for (const [share = NaN, x = NaN] of peers.normal.quantiles) expect(normalQuantile(share)).toBeCloseTo(x, 9);
  });

  test("Student's distribution", () => {
    for (const [t = NaN, degrees = NaN, share = NaN] of peers.student.below)
      expect(studentBelow(t, degrees) / share, `at ${t} with ${degrees}`).toBeCloseTo(1, 9);
    for (const [share = NaN, degrees = NaN, t = NaN] of peers.student.quantiles)
      expect(Math.abs(studentQuantile(share, degrees) - t)).toBeLessThan(1e-9 * Math.max(1, Math.abs(t)));
  });

  test("Wilson's interval", () => {
    for (const [right = NaN, of = NaN, low = NaN, high = NaN] of peers.wilson) {
      const answers = Array.from({ length: of }, (_, index) => ({ cluster: `${index}`, value: index < right ? 1 : 0 }));
      const interval = wilsonInterval(answers, normalQuantile(0.975));
      expect([interval.low, interval.high]).toEqual([expect.closeTo(low, 9), expect.closeTo(high, 9)]);
    }
  });

  test("Holm's correction", () => {
    for (const { p, adjusted } of peers.holm)
      expect(holm(p)).toEqual(adjusted.map((value) => expect.closeTo(value, 12)));
  });

  test("Krippendorff's alpha, nominal and ordinal, with ratings missing", () => {
    for (const { ratings, nominal, ordinal } of peers.alpha) {
      expect(krippendorffAlpha(unitsOf(ratings), "nominal")).toBeCloseTo(nominal, 10);
      expect(krippendorffAlpha(unitsOf(ratings), "ordinal")).toBeCloseTo(ordinal, 10);
    }
  });

  test("Cohen's kappa", () => {
    for (const { first, second, kappa } of peers.kappa)
      expect(cohenKappa(first.map((a, unit) => [a, second[unit] ?? NaN]))).toBeCloseTo(kappa, 10);
  });
});

describe("Holm's correction", () => {
  test("by hand: the smallest times three, the next times two, never falling", () => {
    expect(holm([0.02, 0.01, 0.5])).toEqual([0.04, 0.03, 0.5]);
    expect(holm([0.04, 0.03, 0.035])).toEqual([0.09, 0.09, 0.09]);
  });

  test("a comparison that could not be made still counts in the family", () => {
    expect(holm([0.01, null, 0.02])).toEqual([0.03, null, 0.04]);
  });

  test("never lowers a p value, and keeps their order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
        const adjusted = holm(p).map((value) => value ?? NaN);
        for (const [index, value] of adjusted.entries()) {
          expect(value).toBeGreaterThanOrEqual(p[index] ?? 0);
          expect(value).toBeLessThanOrEqual(1);
        }
        const order = p.map((_, index) => index).toSorted((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
        const sorted = order.map((index) => adjusted[index] ?? NaN);
        expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("agreement", () => {
  test("is 1 where all agree on several categories, and cannot be said where there is one category, or one rater", () => {
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [0, 0, 0],
        ],
        "nominal",
      ),
    ).toBe(1);
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        "nominal",
      ),
    ).toBeNull();
    expect(krippendorffAlpha([[1], [0]], "nominal")).toBeNull();
    expect(cohenKappa([])).toBeNull();
    expect(
      cohenKappa([
        [2, 2],
        [2, 2],
      ]),
    ).toBeNull();
  });

  test("by hand: kappa of two raters who agree on 7 of 10 where chance gives 5", () => {
    const pairs = [...Array(4).fill([1, 1]), ...Array(3).fill([0, 0]), [1, 0], [0, 1], [0, 1]] as [number, number][];
    // First says 1 five times of ten, second six: chance 0.3 + 0.2.
    expect(cohenKappa(pairs)).toBeCloseTo((0.7 - 0.5) / 0.5, 12);
  });
});

describe("a learning curve", () => {
  const curve = [
    { spent: 0, value: 0 },
    { spent: 10, value: 0.5 },
    { spent: 30, value: 0.9 },
  ];

  test("by hand: value between measurements, and what it took to reach a value", () => {
    expect(valueAt(curve, 20)).toBeCloseTo(0.7, 12);
    expect(spentToReach(curve, 0.8)).toBeCloseTo(25, 12);
    expect(spentToReach(curve, 0)).toBe(0);
  });

  test("says nothing beyond what was measured", () => {
    expect(valueAt(curve, 31)).toBeNull();
    expect(valueAt([{ spent: 5, value: 1 }], 4)).toBeNull();
    expect(spentToReach(curve, 0.95)).toBeNull();
  });

  test("runs that never reached a value count as longest, and make the middle unknown where they are the half", () => {
    expect(medianSpent([30, 10, null])).toBe(30);
    expect(medianSpent([30, 10])).toBe(20);
    expect(medianSpent([10, null])).toBeNull();
    expect(medianSpent([])).toBeNull();
  });
});
