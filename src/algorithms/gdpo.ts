import { z } from "zod";
import { deviationOf, mean } from "../domain/mean.ts";
import type { Part } from "../parts/part.ts";
import type { Algorithm, RewardComponent, ScoredBatch } from "./algorithm.ts";
import { clippedLoss, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { byGroup, groupsOf, hasZeroVariance, standardised } from "./groups.ts";

const epsilon = 1e-6;

const Settings = z.strictObject({
  ...clippedLoss,
  /**
   * What a response that fails the format gate counts in the components of rewards. "lowest": the component's lowest value, so that it is punished in each.
   * "apart": nothing, so that it is punished by the gate and the penalties alone and does not widen the spread by which the others are compared.
   */
  failed: z.enum(["lowest", "apart"]).default("lowest"),
});

/**
 * Group reward-decoupled normalisation (arXiv 2601.05242; docs/method.md#algorithms): each weighted component is normalised within its group by itself,
 * so that a component of small variance is not drowned by one of large variance.
 */
export const gdpo: Part<Algorithm, z.infer<typeof Settings>> = {
  name: "gdpo",
  describe:
    "Each weighted reward is normalised within its group by itself; their sum is normalised over the batch (arXiv 2601.05242).",
  settings: Settings,
  create: ({ failed, ...loss }) => ({
    ...tokenMean(plannedClippedLoss(loss)),
    advantages: ({ samples, components }) =>
      decoupled(samples, failed === "apart" ? components.map(withoutStandIns) : components),
  }),
};

function withoutStandIns({ standsIn = [], ...component }: RewardComponent): RewardComponent {
  return { ...component, values: component.values.map((value, index) => (standsIn[index] === true ? null : value)) };
}

/** Groups whose summed advantages are all equal teach nothing and get 0; the variance is tested after the sum, since equal totals may have unequal components. */
function decoupled(samples: ScoredBatch["samples"], components: readonly RewardComponent[]): number[] {
  const sums = samples.map(() => 0);
  for (const component of components) {
    const values = normalised(samples, component);
    for (const [index, value] of values.entries()) sums[index] = (sums[index] ?? 0) + component.weight * value;
  }
  const teaching = new Set(
    groupsOf(samples)
      .filter((group) => !hasZeroVariance(group.map((index) => sums[index] ?? 0)))
      .flat(),
  );
  const learnt = sums.filter((_, index) => teaching.has(index));
  if (learnt.length === 0) return sums.map(() => 0);
  const average = mean(learnt);
  const scale = deviationOf(learnt, average) + epsilon;
  return sums.map((sum, index) => (teaching.has(index) ? (sum - average) / scale : 0));
}

/** A component that does not apply to a sample is left out of its group's mean and deviation and adds 0 there. */
function normalised(samples: ScoredBatch["samples"], { values }: RewardComponent): number[] {
  return byGroup(samples, values, (group) => {
    const known = standardised(group.filter((value) => value !== null));
    let next = 0;
    return group.map((value) => (value === null ? 0 : (known[next++] ?? 0)));
  });
}
