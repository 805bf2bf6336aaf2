import type { Interval } from "./statistics.ts";
import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { measureRetrieval, summarise } from "./measureRetrieval.ts";
import type { QuestionRetrieval } from "./measureRetrieval.ts";

/** Depths at which recall is told; reciprocal rank and nDCG are told at the deepest. */
const depths = [1, 5, 10] as const;
const deepest = 10;

/** How well one pool's questions find their gold titles in a corpus; each measure is 0–1 with its 95 % interval over questions. */
export interface PoolRetrieval {
  readonly pool: string;
  readonly questions: number;
  /** Measures by name: recall@1, recall@5, recall@10, mrr@10, ndcg@10. */
  readonly measures: ReadonlyMap<string, Interval>;
  /** Measures of each question at the deepest place, in the questions' order. */
  readonly byQuestion: readonly QuestionRetrieval[];
}

/** Measures a pool; null where no question names gold titles. */
export async function measurePool(
  search: PassageSearch,
  pool: string,
  questions: readonly Question[],
): Promise<PoolRetrieval | null> {
  const byDepth = new Map<number, readonly QuestionRetrieval[]>();
  for (const depth of depths) byDepth.set(depth, await measureRetrieval(search, questions, depth));
  const byQuestion = byDepth.get(deepest) ?? [];
  if (byQuestion.length === 0) return null;
  const measures = new Map(depths.map((depth) => [`recall@${depth}`, summarise(byDepth.get(depth) ?? [], "recall")]));
  measures.set(`mrr@${deepest}`, summarise(byQuestion, "reciprocalRank"));
  measures.set(`ndcg@${deepest}`, summarise(byQuestion, "ndcg"));
  return { pool, questions: byQuestion.length, measures, byQuestion };
}
