/**
 * Packs sequences into micro-batches of at most `budget` padded tokens (the longest length times the number of
 * sequences), like lengths together. A sequence longer than the budget gets one of its own. The result depends on
 * order and lengths alone, never on free memory.
 */
export function packMicroBatches(indices: readonly number[], lengths: readonly number[], budget: number): number[][] {
  const lengthOf = (index: number): number => lengths[index] ?? 0;
  const batches: number[][] = [];
  let current: number[] = [];
  // Longest first: the first member of a micro-batch is its longest.
  for (const index of indices.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    const longest = lengthOf(current[0] ?? index);
    if (current.length > 0 && (current.length + 1) * longest > budget) {
      batches.push(current);
      current = [];
    }
    current.push(index);
  }
  return current.length === 0 ? batches : [...batches, current];
}
