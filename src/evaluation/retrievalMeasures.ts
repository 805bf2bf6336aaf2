import { titleKey } from "../domain/title.ts";

/** Measures of one ranking against the titles it should find. Each is 0–1; all are averaged over queries. */
export interface RetrievalMeasures {
  /** Share of the gold titles among the first k. */
  readonly recall: number;
  /** 1 ÷ the rank of the first gold title; 0 when none is among the first k. */
  readonly reciprocalRank: number;
  /** Discounted gain log2-wise of the gold titles among the first k ÷ the best possible (Järvelin & Kekäläinen 2002). */
  readonly ndcg: number;
}

/** Measures the first `k` of a ranking of titles; later repeats of a title count as places but not as finds. */
export function measureRanking(titles: readonly string[], gold: readonly string[], k: number): RetrievalMeasures {
  if (gold.length === 0) throw new RangeError("a ranking is measured against at least one gold title");
  const wanted = new Set(gold.map(titleKey));
  const { size } = wanted;
  const ranks: number[] = [];
  for (const [place, title] of titles.slice(0, k).entries()) if (wanted.delete(titleKey(title))) ranks.push(place + 1);
  const gain = (places: readonly number[]): number => places.reduce((sum, rank) => sum + 1 / Math.log2(rank + 1), 0);
  const best = Array.from({ length: Math.min(k, size) }, (_, place) => place + 1);
  return {
    recall: ranks.length / size,
    reciprocalRank: ranks[0] === undefined ? 0 : 1 / ranks[0],
    ndcg: gain(ranks) / gain(best),
  };
}
