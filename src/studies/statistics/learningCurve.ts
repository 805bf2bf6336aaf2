/** One measurement of a run on its way: what it had spent (updates, tokens or seconds) and what it reached (0 … 1). */
export interface CurvePoint {
  readonly spent: number;
  readonly value: number;
}

/** The value at an amount spent, by a straight line between the measurements around it; null outside of what was measured. */
export function valueAt(curve: readonly CurvePoint[], spent: number): number | null {
  const after = curve.findIndex((point) => point.spent >= spent);
  const [left, right] = [curve[after - 1], curve[after]];
  if (right === undefined) return null;
  if (right.spent === spent) return right.value;
  return left === undefined
    ? null
    : left.value + ((right.value - left.value) * (spent - left.spent)) / (right.spent - left.spent);
}

/** What was spent when the curve first reached a value, by a straight line between measurements; null where it never did. */
export function spentToReach(curve: readonly CurvePoint[], target: number): number | null {
  const at = curve.findIndex(({ value }) => value >= target);
  const [before, reached] = [curve[at - 1], curve[at]];
  if (reached === undefined) return null;
  if (before === undefined) return reached.spent;
  return before.spent + ((reached.spent - before.spent) * (target - before.value)) / (reached.value - before.value);
}

/** The middle of what runs spent to reach a value, those that never did (null) counted as longest; null where the middle one never did. */
export function medianSpent(spent: readonly (number | null)[]): number | null {
  const sorted = spent.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined || high === Infinity) return null;
  return (low + high) / 2;
}
