import type { RunHistory } from "../trajectories/history.ts";
import type { BranchRecord, SettingsChange } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { RewardWeights } from "../configuration/rewardWeights.ts";
import type { StepAddress } from "../domain/address.ts";
import { runStage } from "./runStages.ts";

/** What may change in the middle of a run. */
export interface StepSettings {
  readonly optimizer: RunConfiguration["optimizer"];
  /** Weights that trajectories of the step are scored with. */
  readonly rewards: RewardWeights;
}

/** The settings of a step: the configuration, then what branches and people changed, in order. They live on in the step's plan. */
export function settingsAt(
  configuration: RunConfiguration,
  history: RunHistory,
  { branch, step, stage }: Pick<StepAddress, "branch" | "step" | "stage">,
): StepSettings {
  const changes = history.settings({ branch, step });
  const rewards = changes.reduce<RewardWeights>(
    (weights, change) => ({ ...weights, ...change.rewards }),
    runStage(history, stage, branch).rewards,
  );
  const learningRate = learningRateAt(configuration.optimizer.learningRate, history.branches, changes, branch);
  return { optimizer: { ...configuration.optimizer, learningRate }, rewards };
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
