/**
 * Rewards that a stage can weigh, in the order in which they are added up: another order would round totals otherwise. Each has a
 * file in `src/rewards`; a test compares the two. They stand here because workflows, which load no reward, check weights by name.
 */
export const rewardNames = [
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
  "clinicalConsistency",
  "evidentialSupport",
  "diagnosticPlausibility",
  "clinical",
] as const;
export type RewardName = (typeof rewardNames)[number];
