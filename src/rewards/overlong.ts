import type { RewardDefinition } from "./definition.ts";

/** The buffer's share of the longest response: 3,072 of 14,336 tokens (METHOD §3). */
const bufferShare = 3072 / 14336;

/** Penalty that grows from 0 to 1 over the last tokens before the limit: min(1, max(0, (length − (limit − buffer)) ÷ buffer)). */
export const overlong: RewardDefinition = {
  name: "penalty/overlong",
  range: [0, 1],
  needs: [],
  nullMeans: "never",
  score: ({ responseTokens, maxResponseTokens }) => {
    const buffer = bufferShare * maxResponseTokens;
    return Math.min(1, Math.max(0, (responseTokens - (maxResponseTokens - buffer)) / buffer));
  },
};
