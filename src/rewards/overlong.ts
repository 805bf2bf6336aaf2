import type { PenaltyDefinition } from "./rewardDefinition.ts";

/** Penalty that grows from 0 to 1 over the last tokens before the limit: min(1, max(0, (length − (limit − buffer)) ÷ buffer)). */
export const overlong: PenaltyDefinition = {
  name: "penalty/overlong",
  range: [0, 1],
  setting: "overlong",
  needs: [],
  nullMeans: "never",
  score: ({ responseTokens, maxResponseTokens, settings }) => {
    const buffer = settings.overlongBuffer * maxResponseTokens;
    return Math.min(1, Math.max(0, (responseTokens - (maxResponseTokens - buffer)) / buffer));
  },
};
