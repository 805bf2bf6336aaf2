import { countCharacters } from "./characters.ts";
import type { PenaltyDefinition } from "./rewardDefinition.ts";

/**
 * Penalty 1 − v, v = (1 − exp(−min(len_think ÷ len_answer, 2))) ÷ (1 − exp(−2)); lengths in characters, searches
 * and documents left out (docs/method.md#rewards).
 */
export const thinkingLength: PenaltyDefinition = {
  name: "penalty/thinkingLength",
  range: [0, 1],
  setting: "thinkingLength",
  needs: [],
  nullMeans: "never",
  score: ({ response }) => {
    const ratio = Math.min(countCharacters(response.thinking) / Math.max(countCharacters(response.answer ?? ""), 1), 2);
    return 1 - (1 - Math.exp(-ratio)) / (1 - Math.exp(-2));
  },
};
