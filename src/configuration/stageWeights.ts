import type { RewardWeights } from "./rewardWeights.ts";

/**
 * What the total of each of the paper's stages is made of (docs/method.md#totals); penalties are subtracted from all of them.
 * Reasoner cultivation: answer + 0.8 · reasoning. Retriever awakening: 0.5 · answer + β · retrieval. Dual-process collaboration:
 * both, and 0.2 · clinical.
 */
export const stageWeights = {
  reasoner: { answer: 1, reasoning: 0.8 },
  retriever: { answer: 0.5, retrieval: 1 },
  collaboration: { answer: 1, reasoning: 0.8, retrieval: 1, clinical: 0.2 },
} as const satisfies Readonly<Record<string, RewardWeights>>;
