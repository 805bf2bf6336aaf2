import { titleKey } from "../domain/title.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";

/** Gold titles among those retrieved ÷ gold titles; 0 without a search (docs/method.md#rewards). */
export const retrievalRecall: RewardDefinition = {
  name: "retrievalRecall",
  range: [0, 1],
  needs: ["gold-titles", "search"],
  nullMeans: "the question names no gold titles",
  score: ({ question, passages }) => {
    const gold = new Set((question.goldTitles ?? []).map(titleKey));
    if (gold.size === 0) return null;
    const found = new Set(passages.map(({ passage }) => titleKey(passage.title)));
    return [...gold].filter((title) => found.has(title)).length / gold.size;
  },
};
