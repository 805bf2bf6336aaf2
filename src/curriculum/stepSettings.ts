import type { RunHistory } from "../trajectories/history.ts";
import type { BranchRecord, SettingsChange } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { RewardWeights } from "../configuration/rewardWeights.ts";
import type { StepAddress } from "../domain/address.ts";
import type { Stage } from "../configuration/stages.ts";
import { runStage } from "./runStages.ts";

/** What may change in the middle of a run. */
export interface StepSettings {
  readonly optimizer: RunConfiguration["optimizer"];
  /** Weights that trajectories of the step are scored with. */
  readonly rewards: RewardWeights;
  /** What the step learns from. */
  readonly learns: NonNullable<Stage["learns"]>;
  /** Logits are divided by it: that of sampling, 1 for demonstrations. */
  readonly temperature: number;
}

/** The settings of a step: the configuration, then what branches and people changed, in order. They live on in the step's plan. */
export function settingsAt(
  configuration: RunConfiguration,
  history: RunHistory,
  { branch, step, stage }: Pick<StepAddress, "branch" | "step" | "stage">,
): StepSettings {
  const changes = history.settings({ branch, step });
  const decided = runStage(history, stage, branch);
  const rewards = changes.reduce<RewardWeights>(
    (weights, change) => ({ ...weights, ...change.rewards }),
    decided.rewards,
  );
  const learns = decided.learns ?? "rollouts";
  const { optimizer, rollout, warmStart } = configuration;
  const initial = learns === "demonstrations" ? warmStart.learningRate : optimizer.learningRate;
  const learningRate = learningRateAt(initial, history.branches, changes, branch);
  return {
    optimizer: { ...optimizer, learningRate },
    rewards,
    learns,
    temperature: learns === "demonstrations" ? 1 : rollout.temperature,
  };
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
