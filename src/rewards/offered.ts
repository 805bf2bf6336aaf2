import type { RewardValues } from "../domain/reward.ts";
import { compositeDefinitions, penaltyDefinitions, rewardDefinitions } from "./composition.ts";
import type { CompositeDefinition, RewardDefinition } from "./rewardDefinition.ts";

/** The rewards that a task offers. */
export interface OfferedRewards {
  readonly rewards: readonly RewardDefinition[];
  readonly composites: readonly CompositeDefinition[];
  /** All names in their order, with those that every task has: objects of one shape are made faster than by adding one name after another. */
  readonly noValues: RewardValues;
}

const every = select(() => true);
const bySet = new WeakMap<ReadonlySet<string>, OfferedRewards>();

/** The rewards of these names; all where none are given. Others are neither computed nor written down. */
export function offeredRewards(names: ReadonlySet<string> | undefined): OfferedRewards {
  if (names === undefined) return every;
  const known = bySet.get(names);
  if (known !== undefined) return known;
  const offered = select((name) => names.has(name));
  bySet.set(names, offered);
  return offered;
}

function select(isOffered: (name: string) => boolean): OfferedRewards {
  const rewards = rewardDefinitions.filter(({ name }) => isOffered(name));
  const composites = compositeDefinitions.filter(({ name }) => isOffered(name));
  const always = ["malformedCall", "format"];
  return {
    rewards,
    composites,
    noValues: Object.fromEntries(
      [...always, ...[...rewards, ...composites, ...penaltyDefinitions].map(({ name }) => name)].map((name) => [
        name,
        null,
      ]),
    ),
  };
}
