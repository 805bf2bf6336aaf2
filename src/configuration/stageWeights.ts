import type { RewardWeights } from "./rewardWeights.ts";

/**
 * What each stage's total is made of (METHOD §3, second table); penalties are subtracted from all of them.
 * Stage 1: answer + 0.8 · reasoning. Stage 2: 0.5 · answer + β · retrieval. Stage 3: both, and 0.2 · clinical.
 */
export const stageWeights = {
  "1": { answer: 1, reasoning: 0.8, retrieval: 0, clinical: 0 },
  "2": { answer: 0.5, reasoning: 0, retrieval: 1, clinical: 0 },
  "3": { answer: 1, reasoning: 0.8, retrieval: 1, clinical: 0.2 },
} as const satisfies Readonly<Record<"1" | "2" | "3", RewardWeights>>;
