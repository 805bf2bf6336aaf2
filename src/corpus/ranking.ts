import { byScore } from "./fusion.ts";
import type { RankedId } from "./fusion.ts";

/** Candidates asked for beyond the cut, so that most ties at the cut are seen whole at once. */
const spareCandidates = 16;
const growth = 8;
/** Ties that reach further than this are cut in the engine's order, which is fixed for a table version. */
const maxCandidates = 10_000;

/**
 * The `topN` best by score, then id. An engine that returns `limit` candidates leaves open which of several equal
 * ones it drops, so more are asked for until the score at the cut is not also the score at the end.
 */
export async function bestRanked<T extends RankedId>(topN: number, candidates: (limit: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  for (let limit = topN + spareCandidates; ; limit *= growth) {
    const found = (await candidates(limit)).toSorted(byScore);
    const tied = found.length >= limit && found.at(-1)?.score === found[topN - 1]?.score;
    if (!tied || limit >= maxCandidates) return found.slice(0, topN);
  }
}
