import { expect, it } from "vitest";
import { evidenceSection } from "../../src/studies/report/evidenceSection.ts";
import { levelShares } from "../../src/studies/report/levelSection.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

const plain = madeUpStudy({
  arms: ["joint"],
  regimes: ["default"],
  worlds: [100, 101],
  comparisons: [],
  right: () => [5],
});

type Curves = Record<string, (number | null)[]>;

/** A made-up study whose runs have these metrics too. */
function studyWith(metrics: Curves) {
  const cells = plain.cells.map((cell) => {
    const { outcome } = cell;
    if (outcome === null) return cell;
    return {
      ...cell,
      outcome: { ...outcome, curve: { ...outcome.curve, metrics: { ...outcome.curve.metrics, ...metrics } } },
    };
  });
  return { ...plain, cells };
}

it("shows the levels of what was shown in the last updates, the most trusted first", () => {
  const { cells } = studyWith({
    "search/level/9": [1, 0.5, 0.5, 0.5, 0.5, 0.5],
    "search/level/4": [0, 0.3, 0.3, 0.3, 0.3, 0.3],
    "search/level/unknown": [0, 0.2, 0.2, 0.2, 0.2, 0.2],
  });
  const shares = levelShares(cells);
  expect(shares.map(([level]) => level)).toEqual(["9", "4", "unknown"]);
  for (const [index, share] of [0.5, 0.3, 0.2].entries()) expect(shares[index]?.[1]).toBeCloseTo(share, 12);
});

it("leaves out runs that showed nothing, and says nothing where none did", () => {
  const [told, silent] = [studyWith({ "search/level/9": [1] }).cells, studyWith({ "search/level/9": [0, null] }).cells];
  expect(levelShares([...told, ...silent])).toEqual([["9", 1]]);
  expect(levelShares(silent)).toEqual([]);
  expect(evidenceSection(plain).text).not.toContain("by level of evidence");
  expect(evidenceSection(studyWith({ "search/level/9": [1] })).text).toContain("by level of evidence");
});
