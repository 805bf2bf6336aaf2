import { deviationOf, mean } from "../domain/mean.ts";
import type { Part } from "../parts/part.ts";
import type { Algorithm, RewardComponent, ScoredBatch } from "./algorithm.ts";
import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { byGroup, groupsOf, hasZeroVariance, standardised } from "./groups.ts";

const epsilon = 1e-6;

/**
 * Group reward-decoupled normalisation (arXiv 2601.05242; docs/method.md#algorithms): each weighted component is normalised within its group by itself,
 * so that a component of small variance is not drowned by one of large variance.
 */
export const gdpo: Part<Algorithm, ClippedLossSettings> = {
  name: "gdpo",
  describe:
    "Each weighted reward is normalised within its group by itself; their sum is normalised over the batch (arXiv 2601.05242).",
  settings: ClippedLossSettings,
  create: (settings) => ({ ...tokenMean(plannedClippedLoss(settings)), advantages: decoupled }),
};

/** Groups whose summed advantages are all equal teach nothing and get 0; the variance is tested after the sum, since equal totals may have unequal components. */
function decoupled({ samples, components }: ScoredBatch): number[] {
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
