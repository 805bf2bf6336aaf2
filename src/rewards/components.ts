import type { RewardComponent } from "../algorithms/algorithm.ts";
import type { RewardSettings } from "../configuration/rewardSettings.ts";
import type { RewardWeights } from "../configuration/rewardWeights.ts";
import type { Score } from "../domain/reward.ts";
import { answer } from "./answer.ts";
import { penaltyDefinitions, searchCost } from "./composition.ts";
import type { WeightedReward } from "./custom.ts";
import { weighedRewards } from "./score.ts";

export interface ComponentSources {
  readonly weights: RewardWeights;
  readonly settings: RewardSettings;
  readonly own: readonly WeightedReward[];
  /** Of one search, where the task says that it costs something. */
  readonly searchCost?: number;
}

/**
 * The weighted components of the totals, for algorithms that normalise each by itself (docs/method.md#algorithms, GDPO): the format gate with weight 1,
 * every weighted reward, the penalties together, and what is searched with the cost of a search as its weight: normalised by itself it would have weight 1,
 * however little a search costs. A response that fails the gate takes each reward's lowest value.
 */
export function rewardComponents(
  scores: readonly Score[],
  { weights, settings, own, searchCost: cost = 0 }: ComponentSources,
): RewardComponent[] {
  const passed = scores.map(({ values }) => values["format"] === 1);
  const component = (name: string, weight: number, lowest: number): RewardComponent => ({
    name,
    weight,
    values: scores.map(({ values }, index) => (passed[index] === true ? (values[name] ?? null) : lowest)),
    standsIn: passed.map((one) => !one),
  });
  return [
    { name: "format", weight: 1, values: passed.map(Number) },
    ...weighedRewards(weights).map(([name, weight]) =>
      component(name, weight, name === answer.name ? answer.range[0] : 0),
    ),
    ...own
      .filter(({ weight }) => weight > 0)
      .map(({ definition, weight }) => component(definition.name, weight, definition.range[0])),
    { name: "penalties", weight: 1, values: scores.map(({ values }) => -penaltyOf(values, settings)) },
    ...(cost > 0
      ? [{ name: "searches", weight: cost, values: scores.map(({ values }) => -(values[searchCost] ?? 0) / cost) }]
      : []),
  ];
}

/** Penalties are not measured on a malformed search: it takes the largest. */
function penaltyOf(values: Score["values"], settings: RewardSettings): number {
  const malformed = values["malformedCall"] === 1;
  return penaltyDefinitions.reduce(
    (sum, { name, setting }) => sum + (malformed ? settings.penalties[setting] : (values[name] ?? 0)),
    0,
  );
}
