import type { RewardDefinition } from "./rewardDefinition.ts";

/** 1 − exp(−max(0, Δ)), Δ being the gain in log-likelihood of the right answer that the passages bring (docs/method.md#rewards). */
export const usefulness: RewardDefinition = {
  name: "usefulness",
  range: [0, 1],
  needs: ["log-likelihoods", "search"],
  nullMeans:
    "log-likelihoods were not measured, since no stage weighs retrieval, no tool shows passages or they are too long",
  score: ({ logLikelihoodGain }) =>
    logLikelihoodGain === null || logLikelihoodGain === undefined
      ? null
      : 1 - Math.exp(-Math.max(0, logLikelihoodGain)),
};
