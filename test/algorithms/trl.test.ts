import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { largestDifference, supervisedDifference } from "../../bench/support/trlDifference.ts";
import { TrlFixture, trlFixtureFile } from "../../bench/support/trlFixture.ts";

const { cases, supervised, trl } = TrlFixture.parse(JSON.parse(readFileSync(trlFixtureFile, "utf8")));
/** TRL computes in single precision. */
const tolerance = 1e-5;

describe(`beside TRL ${trl} (npm run bench -- trl made the numbers)`, () => {
  it.each(cases)("$algorithm has the same advantages, loss and gradient", (one) => {
    expect(largestDifference(one)).toBeLessThan(tolerance);
    const [first = NaN, ...others] = one.advantages;
    expect(largestDifference({ ...one, advantages: [first + 0.01 * Math.abs(first), ...others] })).toBeGreaterThan(
      tolerance,
    );
    expect(largestDifference({ ...one, loss: one.loss + 1e-4 * Math.max(1, Math.abs(one.loss)) })).toBeGreaterThan(
      tolerance,
    );
  });

  it("covers every algorithm that TRL has", () => {
    expect(cases.map(({ algorithm }) => algorithm)).toEqual(["grpo", "dapo", "dr-grpo", "gspo", "gdpo"]);
  });

  it("clips ratios from below and above, and by the dual clip", () => {
    const ratios = cases
      .filter(({ algorithm }) => algorithm === "grpo")
      .flatMap(({ current, sampled, advantages, mask }) =>
        current.flatMap((row, sample) =>
          row.flatMap((value, token) =>
            mask[sample]?.[token] === 1
              ? [{ ratio: Math.exp(value - (sampled[sample]?.[token] ?? 0)), advantage: advantages[sample] ?? 0 }]
              : [],
          ),
        ),
      );
    expect(ratios.some(({ ratio, advantage }) => advantage < 0 && ratio < 0.8)).toBe(true);
    expect(ratios.some(({ ratio, advantage }) => advantage > 0 && ratio > 1.28)).toBe(true);
    expect(ratios.some(({ ratio, advantage }) => advantage < 0 && ratio > 3)).toBe(true);
  });

  it("has the same supervised cross-entropy", () => {
    expect(supervisedDifference(supervised)).toBeLessThan(tolerance);
  });
});
