import type { RankedPassage } from "../domain/passage.ts";

/** Candidates asked for beyond the cut, so that most ties at the cut are seen whole at once. */
const spareCandidates = 16;
const growth = 8;
/** Ties that reach further than this are cut in the engine's order, which is fixed for a table version. */
const maxCandidates = 10_000;

/** Best first: higher score, then smaller id. */
export function compareRanked(a: RankedPassage, b: RankedPassage): number {
  return b.score - a.score || (a.passage.id < b.passage.id ? -1 : 1);
}

/**
 * The `topN` best by score, then id. An engine that returns `limit` candidates leaves open which of several equal
 * ones it drops, so more are asked for until the score at the cut is not also the score at the end.
 */
export async function bestRanked(
  topN: number, candidates: (limit: number) => Promise<readonly RankedPassage[]>,
): Promise<readonly RankedPassage[]> {
  for (let limit = topN + spareCandidates; ; limit *= growth) {
    const found = (await candidates(limit)).toSorted(compareRanked);
    const tied = found.length >= limit && found.at(-1)?.score === found[topN - 1]?.score;
    if (!tied || limit >= maxCandidates) return found.slice(0, topN);
  }
}
