import { countCharacters } from "./characters.ts";
import type { RewardDefinition } from "./definition.ts";

/**
 * Penalty 0.1 × (1 − v), v = (1 − exp(−min(len_think ÷ len_answer, 2))) ÷ (1 − exp(−2)); lengths in characters, searches
 * and documents left out (METHOD §3).
 */
export const thinkingLength: RewardDefinition = {
  name: "penalty/thinkingLength",
  range: [0, 0.1],
  needs: [],
  nullMeans: "never",
  score: ({ response }) => {
    const ratio = Math.min(countCharacters(response.thinking) / Math.max(countCharacters(response.answer ?? ""), 1), 2);
    return 0.1 * (1 - (1 - Math.exp(-ratio)) / (1 - Math.exp(-2)));
  },
};
