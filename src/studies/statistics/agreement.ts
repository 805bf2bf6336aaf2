/** What a disagreement weighs: all alike (nominal), or by the square of the distance in ranks (ordinal). */
export type Scale = "nominal" | "ordinal";

/**
 * Krippendorff's alpha (2011, "Computing Krippendorff's alpha-reliability"): 1 is full agreement, 0 what chance would give. Units with fewer than two ratings
 * count nothing. Null where no two ratings can be paired, or all are of one category: then there is nothing that chance could have told apart.
 */
export function krippendorffAlpha(units: readonly (readonly number[])[], scale: Scale): number | null {
  const paired = units.filter((ratings) => ratings.length > 1);
  const totals = new Map<number, number>();
  for (const category of paired.flat()) totals.set(category, (totals.get(category) ?? 0) + 1);
  const distance = distanceOf(scale, totals);
  const pairs = paired.reduce((sum, ratings) => sum + ratings.length, 0);
  const observed = paired.reduce((sum, ratings) => sum + sumOverPairs(ratings, distance) / (ratings.length - 1), 0);
  const categories = [...totals];
  const expected = categories.reduce(
    (sum, [a, countA]) => categories.reduce((inner, [b, countB]) => inner + countA * countB * distance(a, b), sum),
    0,
  );
  return expected === 0 ? null : 1 - ((pairs - 1) * observed) / expected;
}

/** Cohen's kappa (1960) of two raters over the units that both rated; null without one, or where both used one category only. */
export function cohenKappa(pairs: readonly (readonly [number, number])[]): number | null {
  const n = pairs.length;
  const categories = new Set(pairs.flat());
  const agreed = pairs.filter(([a, b]) => a === b).length / n;
  const byChance = [...categories].reduce((sum, category) => {
    const first = pairs.filter(([a]) => a === category).length;
    const second = pairs.filter(([, b]) => b === category).length;
    return sum + (first * second) / n ** 2;
  }, 0);
  return n === 0 || byChance === 1 ? null : (agreed - byChance) / (1 - byChance);
}

function sumOverPairs(ratings: readonly number[], distance: (a: number, b: number) => number): number {
  return ratings.reduce((sum, a) => ratings.reduce((inner, b) => inner + distance(a, b), sum), 0);
}

function distanceOf(scale: Scale, totals: ReadonlyMap<number, number>): (a: number, b: number) => number {
  if (scale === "nominal") return (a, b) => (a === b ? 0 : 1);
  const sorted = [...totals].toSorted(([a], [b]) => a - b);
  return (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const between = sorted.filter(([category]) => category >= low && category <= high);
    const ranks = between.reduce((sum, [, count]) => sum + count, 0);
    return a === b ? 0 : (ranks - ((totals.get(low) ?? 0) + (totals.get(high) ?? 0)) / 2) ** 2;
  };
}
