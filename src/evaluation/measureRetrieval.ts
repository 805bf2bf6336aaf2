import { wilsonInterval } from "./statistics.ts";
import type { Interval } from "./statistics.ts";
import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { measureRanking } from "./retrievalMeasures.ts";
import type { RetrievalMeasures } from "./retrievalMeasures.ts";

/** Measures of one question's ranking. */
export interface QuestionRetrieval extends RetrievalMeasures {
  readonly question: Question;
}

/** Asks each question that names gold titles by its own text and measures the first `k` passages found. */
export async function measureRetrieval(
  search: Pick<PassageSearch, "search">,
  questions: readonly Question[],
  k: number,
): Promise<QuestionRetrieval[]> {
  const asked = questions.filter(({ goldTitles }) => goldTitles !== null && goldTitles.length > 0);
  const found = await search.search(
    asked.map(({ text }) => text),
    k,
  );
  return asked.map((question, index) => {
    const titles = (found[index] ?? []).map(({ passage }) => passage.title);
    return { question, ...measureRanking(titles, question.goldTitles ?? [], k) };
  });
}

/** Mean over questions with its 95 % interval over clusters. Throws without questions. */
export function summarise(results: readonly QuestionRetrieval[], measure: keyof RetrievalMeasures): Interval {
  return wilsonInterval(results.map((result) => ({ cluster: result.question.cluster, value: result[measure] })));
}

/** Share of the questions' gold titles that stand among the first `k` passages found by the question's own text. */
export async function goldTitleRecall(
  search: PassageSearch,
  questions: readonly Question[],
  k: number,
): Promise<number> {
  const results = await measureRetrieval(search, questions, k);
  return results.reduce((sum, { recall }) => sum + recall, 0) / Math.max(results.length, 1);
}
