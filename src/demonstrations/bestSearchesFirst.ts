import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { titleKey } from "../domain/title.ts";
import { shownPassageIds } from "../domain/toolCall.ts";
import type { Trajectory } from "../domain/trajectory.ts";

/**
 * A question's samples, those first whose searches show most of its gold titles: of the right ones the best is learnt. Equal ones, and all
 * where the data set names no titles, keep their order.
 */
export async function bestSearchesFirst(
  { goldTitles }: Pick<Question, "goldTitles">,
  samples: readonly Trajectory[],
  corpus: Pick<PassageSearch, "passages">,
): Promise<Trajectory[]> {
  const gold = new Set((goldTitles ?? []).map(titleKey));
  if (gold.size === 0) return [...samples];
  const passages = await corpus.passages(shownPassageIds(samples.flatMap(({ calls }) => calls)));
  const titles = new Map(passages.map(({ id, title }) => [id, titleKey(title)]));
  const found = ({ calls }: Trajectory): number =>
    new Set(
      shownPassageIds(calls)
        .map((id) => titles.get(id) ?? "")
        .filter((title) => gold.has(title)),
    ).size;
  return samples
    .map((trajectory) => ({ trajectory, shown: found(trajectory) }))
    .toSorted((one, other) => other.shown - one.shown)
    .map(({ trajectory }) => trajectory);
}
