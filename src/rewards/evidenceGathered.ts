import type { RewardDefinition } from "./rewardDefinition.ts";

/**
 * How much evidence was looked at, whatever it says of the question (docs/method.md#rewards): the weights of the distinct retrieved passages, summed,
 * over what a response's searches can show at most. Every search pays a little, and more with passages of high levels, so that searching is learnt before
 * anything is found. It pays needless searches too: a reward for the beginning of training.
 */
export const evidenceGathered: RewardDefinition = {
  name: "evidenceGathered",
  range: [0, 1],
  needs: ["search"],
  nullMeans: "no tool of the run shows passages",
  score: ({ passages, mostPassages }) =>
    mostPassages === undefined ? null : passages.reduce((sum, { weight }) => sum + weight, 0) / mostPassages,
};
