import { percent, points } from "../../report/format.ts";
import type { WorldInterval } from "../statistics/worldBootstrap.ts";
import type { ArmRow, ComparisonRow, ShareOfRuns } from "../summaryTypes.ts";

/** "+3.1 (−2.0 to +8.2)" in percentage points; without an interval it says why. */
export function differenceText(difference: WorldInterval | null): string {
  if (difference === null) return "–";
  const { mean, low, high } = difference;
  return low === null || high === null
    ? `${points(mean)} (one world: no interval)`
    : `${points(mean)} (${points(low)} to ${points(high)})`;
}

/** "61.0 % (52.1 to 70.3)". */
export function meanText(mean: WorldInterval | null): string {
  if (mean === null) return "–";
  return mean.low === null || mean.high === null
    ? `${percent(mean.mean)} (one world: no interval)`
    : `${percent(mean.mean)} (${(100 * mean.low).toFixed(1)} to ${(100 * mean.high).toFixed(1)})`;
}

/** "75.0 % (40.9 to 92.9)". */
export function shareText(share: ShareOfRuns | null): string {
  if (share === null) return "–";
  return `${percent(share.share)} (${(100 * share.low).toFixed(1)} to ${(100 * share.high).toFixed(1)})`;
}

/** "1 failed, 2 pending"; "none". */
export function missingText(missing: ArmRow["missing"]): string {
  const parts = Object.entries(missing).map(([why, count]) => `${count} ${why === "not-asked" ? "not asked" : why}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** What a difference shows: only a whole interval on one side of 0 shows which of two is better. */
export function verdictText({ a, b, difference }: Pick<ComparisonRow, "a" | "b" | "difference">): string {
  if (difference === null) return "no pair of runs could be compared";
  const { low, high } = difference;
  if (low === null || high === null) return "one world cannot show which is better";
  if (low > 0) return `${a} is better`;
  return high < 0 ? `${b} is better` : "which is better stays open";
}

/** A p value with two digits that count. */
export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
