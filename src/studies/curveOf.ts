import type { CurvePoint } from "./statistics/learningCurve.ts";
import type { StudyCell } from "./studyResult.ts";

/** What a curve's accuracy is set against. */
export type Spending = "updates" | "tokens" | "seconds";

/** Metrics of an update that add up to what it spent. */
const parts: Readonly<Record<Exclude<Spending, "updates">, readonly string[]>> = {
  tokens: ["tokens/sampled", "tokens/prefilled", "tokens/trained"],
  seconds: ["seconds/update"],
};

/**
 * A run's accuracy in training by what it had spent in the middle of each stretch of updates that the curve has a point of; empty where it has no curve,
 * null where some update's spending is not known.
 */
export function curveOf({ outcome }: Pick<StudyCell, "outcome">, spending: Spending): CurvePoint[] | null {
  if (outcome === null) return [];
  const { curve, updates } = outcome;
  const accuracy = curve.metrics["accuracy"] ?? [];
  const points: CurvePoint[] = [];
  let before = 0;
  for (const [index, value] of accuracy.entries()) {
    const count = Math.min(curve.every, updates - index * curve.every);
    const each = spending === "updates" ? 1 : spentEach(curve.metrics, parts[spending], index);
    if (each === null) return null;
    if (value !== null) points.push({ spent: before + (each * count) / 2, value });
    before += each * count;
  }
  return points;
}

function spentEach(
  metrics: Readonly<Record<string, readonly (number | null)[]>>,
  names: readonly string[],
  index: number,
): number | null {
  const values = names.map((name) => metrics[name]?.[index] ?? null);
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}
