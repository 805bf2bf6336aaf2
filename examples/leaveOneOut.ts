import { byGroup, ClippedLossSettings, plannedClippedLoss, tokenMean, type Algorithm, type Part } from "med-r3";
import type { z } from "med-r3";

/**
 * An algorithm: REINFORCE with the mean of the group's other samples as baseline (RLOO, arXiv 2402.14740), with the
 * clipped loss of GRPO.
 */
export const algorithm: Part<Algorithm, z.infer<typeof ClippedLossSettings>> = {
  name: "leave-one-out",
  describe: "Each reward less the mean of its group's others (RLOO, arXiv 2402.14740).",
  settings: ClippedLossSettings,
  create: (settings) => ({
    ...tokenMean(plannedClippedLoss(settings)),
    advantages: ({ samples }) =>
      byGroup(
        samples,
        samples.map(({ total }) => total),
        lessTheOthers,
      ),
  }),
};

function lessTheOthers(rewards: readonly number[]): number[] {
  const sum = rewards.reduce((total, reward) => total + reward, 0);
  if (rewards.length < 2) return rewards.map(() => 0);
  return rewards.map((reward) => reward - (sum - reward) / (rewards.length - 1));
}
