/** Token ids of a batch, padded to one length: row after row. */
export interface TokenBatch {
  readonly ids: Int32Array;
  /** 1 = text, 0 = padding. */
  readonly mask: Int32Array;
  readonly rows: number;
  readonly tokens: number;
}

/** Token ids [rows, tokens], padded at their ends to the longest. */
export function padBatch(sequences: readonly (readonly number[])[], padTokenId: number): TokenBatch {
  const tokens = Math.max(1, ...sequences.map((ids) => ids.length));
  const ids = new Int32Array(sequences.length * tokens).fill(padTokenId);
  const mask = new Int32Array(ids.length);
  for (const [row, sequence] of sequences.entries()) {
    ids.set(sequence, row * tokens);
    mask.fill(1, row * tokens, row * tokens + sequence.length);
  }
  return { ids, mask, rows: sequences.length, tokens };
}
