import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";

/** Share of the questions' gold titles that stand among the first `k` passages found by the question's own text. */
export async function goldTitleRecall(search: PassageSearch, questions: readonly Question[], k: number): Promise<number> {
  const asked = questions.filter(({ goldTitles }) => goldTitles !== null && goldTitles.length > 0);
  const found = await search.search(asked.map(({ text }) => text), k);
  const shares = asked.map(({ goldTitles }, index) => {
    const titles = new Set(found[index]?.map(({ passage }) => passage.title));
    return (goldTitles ?? []).filter((title) => titles.has(title)).length / (goldTitles?.length ?? 1);
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(shares.length, 1);
}
