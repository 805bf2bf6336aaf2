import { meanOf } from "../domain/mean.ts";
import { customRewardsOf, type WeightedReward } from "../rewards/custom.ts";
import { percent } from "./format.ts";
import { isNeverScored } from "./neverScored.ts";
import type { RunReport } from "./runReport.ts";

/** Share of a reward's values from which their clamping is told. */
const manyClamped = 0.05;

/** A deviation so small is rounding. */
const noDeviation = 1e-12;

/** Signs that a reward of an extension is not in effect, or not as it was meant, in words. */
export function customRewardFlags(report: RunReport): string[] {
  const own = customRewardsOf(report.configuration.rewards.custom);
  const weighed = own.filter(({ weight }) => weight > 0);
  return [
    ...own.flatMap((reward) => nullEverywhere(report, reward)),
    ...weighed.flatMap((reward) => clamped(report, reward)),
    ...weighed.flatMap((reward) => neverDiffered(report, reward)),
  ];
}

function nullEverywhere(report: RunReport, { definition: { name, nullMeans } }: WeightedReward): string[] {
  return isNeverScored(report, name)
    ? [
        `The reward “${name}” was null for every answer and had no effect. What null means, in its own words: ${nullMeans}.`,
      ]
    : [];
}

function clamped({ iterations }: RunReport, { definition: { name, range } }: WeightedReward): string[] {
  const scored = iterations.filter(({ metrics }) => metrics[`reward/${name}`] !== undefined);
  const share = meanOf(scored.map(({ metrics }) => metrics[`clamped/${name}`] ?? 0)) ?? 0;
  return share > manyClamped
    ? [
        `${percent(share)} of the values of the reward “${name}” lay outside its range (${range.join(" to ")}) and were clamped to its ends.`,
      ]
    : [];
}

function neverDiffered({ iterations }: RunReport, { definition: { name } }: WeightedReward): string[] {
  const deviations = iterations.flatMap(({ metrics }) => metrics[`reward_deviation/${name}`] ?? []);
  return deviations.length > 0 && deviations.every((deviation) => deviation < noDeviation)
    ? [`The reward “${name}” never differed between the answers of an iteration: it taught nothing.`]
    : [];
}
