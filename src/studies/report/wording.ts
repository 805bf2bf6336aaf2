import { percent, points } from "../../report/format.ts";
import { fewestWorlds, type WorldInterval } from "../statistics/worldBootstrap.ts";
import type { ArmRow, ComparisonRow, ShareOfRuns } from "../summaryTypes.ts";

/** "+3.1 (−2.0 to +8.2)" in percentage points; without an interval it says why. */
export function differenceText(difference: WorldInterval | null): string {
  if (difference === null) return "–";
  const { mean, low, high } = difference;
  return low === null || high === null
    ? `${points(mean)} (${noInterval(difference)})`
    : `${points(mean)} (${points(low)} to ${points(high)})`;
}

/** "61.0 % (52.1 to 70.3)". */
export function meanText(mean: WorldInterval | null): string {
  if (mean === null) return "–";
  return mean.low === null || mean.high === null
    ? `${percent(mean.mean)} (${noInterval(mean)})`
    : `${percent(mean.mean)} (${(100 * mean.low).toFixed(1)} to ${(100 * mean.high).toFixed(1)})`;
}

function noInterval({ worlds }: WorldInterval): string {
  return `${plural(worlds, "world")}, no interval below ${fewestWorlds}`;
}

/** "75.0 % (40.9 to 92.9)". */
export function shareText(share: ShareOfRuns | null): string {
  if (share === null) return "–";
  return `${percent(share.share)} (${(100 * share.low).toFixed(1)} to ${(100 * share.high).toFixed(1)})`;
}

/** "1 failed, 2 pending"; "none". */
export function missingText(missing: ArmRow["missing"]): string {
  const parts = Object.entries(missing).map(([why, count]) => `${count} ${why.replace("-", " ")}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** What a difference shows: which of two is better only where the whole interval is on one side of 0, and the corrected p value agrees. */
export function verdictText(
  { a, b, difference, adjusted }: Pick<ComparisonRow, "a" | "b" | "difference" | "adjusted">,
  confidence: number,
): string {
  if (difference === null) return "no pair of runs could be compared";
  const { low, high } = difference;
  if (low === null || high === null || adjusted === null) return "too few worlds to show which is better";
  const better = low > 0 ? a : high < 0 ? b : null;
  const verdict = better === null || adjusted > 1 - confidence ? "which is better stays open" : `${better} is better`;
  return `${verdict} (corrected p ${adjusted < 0.001 ? "" : "= "}${pText(adjusted)})`;
}

/** In how many regimes a comparison was made that a row is of. */
export function regimesIn(rows: readonly ComparisonRow[], { a, b, basis, pool }: ComparisonRow): number {
  return rows.filter(
    (row) => row.regime !== null && row.a === a && row.b === b && row.basis === basis && row.pool === pool,
  ).length;
}

/** A p value with two digits that count. */
export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
