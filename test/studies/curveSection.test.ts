import { expect, it } from "vitest";
import { bandOf } from "../../src/studies/report/curveSection.ts";
import type { StudyCell } from "../../src/studies/studyResult.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

/** A run whose accuracy at update u is u hundredths. */
function runOf(cell: StudyCell, updates: number, every: number): StudyCell {
  const accuracy = Array.from({ length: Math.ceil(updates / every) }, (_, index) => ((index + 0.5) * every) / 100);
  if (cell.outcome === null) throw new Error("a finished run is needed");
  return { ...cell, outcome: { ...cell.outcome, updates, curve: { every, stages: [], metrics: { accuracy } } } };
}

it("a band sets equal updates of its runs against each other, however many of them a point of a run's curve has", () => {
  const [cell] = madeUpStudy({ arms: ["a"], regimes: ["r"], worlds: [1], comparisons: [], right: () => [1] }).cells;
  if (cell === undefined) throw new Error("the made-up study has no run");
  const { points, runs } = bandOf([runOf(cell, 40, 1), runOf(cell, 80, 2)], "accuracy");
  expect(runs).toBe(2);
  expect(points).toHaveLength(20);
  for (const { x, low, high } of points) {
    expect(Math.abs(low - x / 100)).toBeLessThanOrEqual(0.0051);
    expect(Math.abs(high - x / 100)).toBeLessThanOrEqual(0.0051);
  }
});
