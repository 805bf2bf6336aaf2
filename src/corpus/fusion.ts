/**
 * How slowly the worth of a rank falls. With Cormack, Clarke & Büttcher's 60 (2009) two middling ranks outweigh a first one
 * in a single list, and fusion falls behind its better part; see docs/decisions/corpus.md for how 5 was chosen.
 */
const rankConstant = 5;

/** An id with its score; higher is better. */
export interface RankedId {
  readonly id: string;
  readonly score: number;
}

/** Reciprocal-rank fusion: each list gives 1 ÷ (5 + rank), ranks from 1, to what it holds. Best first, ties by id. */
export function fuseRanks(lists: readonly (readonly string[])[]): RankedId[] {
  const scores = new Map<string, number>();
  for (const list of lists)
    for (const [index, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (rankConstant + index + 1));
  return Array.from(scores, ([id, score]) => ({ id, score })).toSorted(byScore);
}

/** Higher score first, then smaller id. */
export function byScore(a: RankedId, b: RankedId): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}
