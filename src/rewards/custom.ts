import type { CustomRewardSetting } from "../configuration/rewardSettings.ts";
import { checkedValue } from "./checkedValue.ts";
import { customRewards, type RegisteredReward } from "./customRegistry.ts";
import { compositeDefinitions, penaltyDefinitions, rewardDefinitions, searchCost } from "./composition.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import type { ScoringSubject } from "./subject.ts";

/** A reward of an extension at work: a bounded, pure function of a trajectory's evidence. */
export interface CustomReward extends Omit<RegisteredReward, "score"> {
  readonly score: (subject: ScoringSubject) => number | null;
}

/** A custom reward with the weight that it has in a run. */
export interface WeightedReward {
  readonly definition: RewardDefinition;
  readonly weight: number;
}

/** What a custom reward may not be called. */
export const reservedRewardNames: ReadonlySet<string> = new Set([
  "format",
  "malformedCall",
  "pathHopLimit",
  "total",
  searchCost,
  ...[...rewardDefinitions, ...compositeDefinitions, ...penaltyDefinitions].map(({ name }) => name),
]);

/**
 * The custom rewards that a run names, in its order. Throws PartError for one that this process does not know; their scores throw
 * RewardError for what is neither a finite number nor null.
 */
export function customRewardsOf(settings: readonly CustomRewardSetting[]): WeightedReward[] {
  return settings.map(({ name, settings: given, weight }) => {
    const reward = customRewards.create({ name, settings: given }) as CustomReward;
    const { range, nullMeans } = reward;
    const score: RewardDefinition["score"] = (subject) => checkedValue(name, reward, subject);
    return { definition: { name, range, nullMeans, needs: [], score }, weight: weight ?? reward.weight };
  });
}
