import type { RewardWeights } from "../../configuration/rewardWeights.ts";
import type { Stage } from "../../configuration/stages.ts";
import { ofEvidence } from "./emphasis.ts";

/** Weight of the reward for evidence looked at, as a share of the heaviest reward of evidence. */
export const gathering = { first: 1, later: 0.3 } as const;

/** The heaviest weight that the last stage gives to a reward of evidence. */
export function evidenceWeight(stages: readonly Stage[]): number {
  const weights = stages.at(-1)?.rewards ?? {};
  return Math.max(...ofEvidence.map((name) => weights[name] ?? 0));
}

/** The last stage's weights, and this share of the heaviest of evidence for looking at evidence, unless they weigh that more. */
export function withGathering(stages: readonly Stage[], share: number): RewardWeights {
  const weights = stages.at(-1)?.rewards ?? {};
  const weight = Math.max(weights.evidenceGathered ?? 0, share * evidenceWeight(stages));
  return weight === 0 ? weights : { ...weights, evidenceGathered: weight };
}
