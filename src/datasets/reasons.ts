/** Counts of what was left out, by reason; the commonest reasons first, the rest of them together. */
export interface ReasonCounts {
  readonly count: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Reasons that are shown one by one; those of rows name values and may all differ. */
const shownReasons = 20;

export function countReasons(reasons: readonly string[]): ReasonCounts {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a);
  const others = ranked.slice(shownReasons).reduce((sum, [, count]) => sum + count, 0);
  return {
    count: reasons.length,
    reasons: Object.fromEntries([
      ...ranked.slice(0, shownReasons),
      ...(others === 0 ? [] : [["other reasons", others] as const]),
    ]),
  };
}
