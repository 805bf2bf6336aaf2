/** Rewards that need nothing but what every task may have: answers, references, passages with levels. What a task offers that says nothing else. */
export const commonRewards: readonly string[] = [
  "answer",
  "logical",
  "statistical",
  "semantic",
  "reasoning",
  "retrievalRecall",
  "evidenceRecall",
  "evidenceGathered",
  "usefulness",
  "retrieval",
];
