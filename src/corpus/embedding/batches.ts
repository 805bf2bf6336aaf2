/** Padded tokens of a batch: enough to fill the cores, little enough to stay in their caches. */
const batchTokens = 2048;

/** Groups texts of like length, longest first, so that little is padded; indices of the texts by batch. */
export function planTokenBatches(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, index) => index).toSorted((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let width = 0;
  for (const index of order) {
    const length = Math.max(lengths[index] ?? 0, 1);
    if (batch.length > 0 && (batch.length + 1) * width > batchTokens) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) width = length;
    batch.push(index);
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
