import type { RunHistory } from "../trajectories/history.ts";
import type { BranchRecord, SettingsChange } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { RewardWeights } from "../configuration/rewardWeights.ts";

/** What may change in the middle of a run. */
export interface StepSettings {
  readonly optimizer: RunConfiguration["optimizer"];
  /** Weights that trajectories of the step are scored with. */
  readonly rewards: RewardWeights;
}

export interface StepPlace {
  readonly branch: string;
  readonly step: number;
  readonly stage: number;
}

/** The settings of a step: the configuration, then what branches and people changed, in order. They live on in the step's plan. */
export function settingsAt(
  configuration: RunConfiguration,
  history: RunHistory,
  { branch, step, stage }: StepPlace,
): StepSettings {
  const changes = history.settings({ branch, step });
  const rewards = changes.reduce<RewardWeights>(
    (weights, change) => ({ ...weights, ...given(change.rewards ?? {}) }),
    stageRewards(configuration, stage),
  );
  const learningRate = learningRateAt(configuration.optimizer.learningRate, history.branches, changes, branch);
  return { optimizer: { ...configuration.optimizer, learningRate }, rewards };
}

/** The joint schedule rewards everything from the start. */
function stageRewards({ schedule, stage: stages }: RunConfiguration, stage: number): RewardWeights {
  if (schedule === "joint") return stages["3"].rewards;
  if (stage === 1 || stage === 2 || stage === 3) return stages[stage].rewards;
  throw new RangeError(`there are stages 1, 2 and 3, not ${stage}`);
}

/** A branch starts with its parent's rate times its own factor; a change on the branch replaces both. */
function learningRateAt(
  initial: number,
  branches: readonly BranchRecord[],
  changes: readonly SettingsChange[],
  name: string,
): number {
  const branch = branches.find((one) => one.name === name);
  if (branch === undefined) return initial;
  const changed = changes.findLast((change) => change.branch === name && change.learningRate !== null)?.learningRate;
  const inherited = branch.parent === null ? initial : learningRateAt(initial, branches, changes, branch.parent);
  return changed ?? inherited * branch.learningRateFactor;
}

function given(weights: { readonly [part in keyof RewardWeights]?: number | undefined }): Partial<RewardWeights> {
  return Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight !== undefined));
}
