/** Candidates asked for beyond the cut, so that most ties at the cut are seen whole at once. */
const spareCandidates = 16;
const growth = 8;
/** Ties that reach further than this are cut in the engine's order, which is fixed for a table version. */
const maxCandidates = 10_000;

/**
 * The `topN` best by score and all that tie with the last of them. An engine that returns `limit` candidates leaves open
 * which of several equal ones it drops, so more are asked for until the score at the cut is not also the score at the end.
 */
export async function findContenders<T extends { readonly score: number }>(
  topN: number,
  candidates: (limit: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  for (let limit = topN + spareCandidates; ; limit *= growth) {
    const found = (await candidates(limit)).toSorted((a, b) => b.score - a.score);
    const cut = found[topN - 1]?.score ?? -Infinity;
    const tied = found.length >= limit && found.at(-1)?.score === cut;
    if (!tied || limit >= maxCandidates) return found.filter(({ score }) => score >= cut);
  }
}
