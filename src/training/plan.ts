import type { Algorithm } from "../algorithms/algorithm.ts";
import type { PlannedLoss, ScoredStep, StepPlan } from "../domain/step.ts";
import { randomStream } from "../domain/seed.ts";
import { countTokens, sequenceLength } from "../domain/trajectory.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { PolicyAddress, StepAddress } from "../domain/address.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { engineOf } from "../configuration/policy.ts";
import { hashOf } from "../trajectories/canonical.ts";
import { packMicroBatches } from "./microBatches.ts";
import type { StepSettings } from "../curriculum/stepSettings.ts";

/** A scored step with its advantages. */
export interface ReadyStep extends ScoredStep {
  /** One per trajectory; null for one that takes no part in the update. */
  readonly advantages: readonly (number | null)[];
}

export interface PlanInput {
  readonly configuration: RunConfiguration;
  readonly algorithm: Algorithm;
  readonly settings: Pick<StepSettings, "optimizer" | "learns" | "temperature">;
  readonly address: StepAddress;
  readonly parentStateHash: string;
  /** The policy that the stage began with. */
  readonly stageStart: PolicyAddress;
  readonly ready: Omit<ReadyStep, "timings">;
  /** Updates that the policy which sampled the batches is behind. */
  readonly staleness: number;
}

/**
 * Creates a step's plan: all that its update depends on. Trajectories are assigned to minibatches in a seeded order.
 * Those without advantage count in the loss divisor, but are left out of the computation where their gradient is zero:
 * without a KL or entropy term.
 */
export function createPlan(input: PlanInput): StepPlan {
  const { configuration, algorithm, settings, address, ready, staleness } = input;
  if (staleness > 1)
    throw new RangeError(
      `the batches of step ${address.step} were sampled ${staleness} updates ago, at most 1 is allowed`,
    );
  const { branch, step, stage, iteration } = address;
  const { trajectories, advantages } = ready;
  const { loss } = algorithm;
  const { minibatches: count, ...optimizer } = settings.optimizer;
  const learns = (index: number): boolean => advantages[index] !== 0 || hasTerms(loss);
  const indices = trajectories.flatMap((_, index) => (advantages[index] === null ? [] : [index]));
  const order = randomStream([configuration.seed, branch, "minibatches", step]).shuffle(indices);
  const minibatches = deal(order, count).filter((members) => members.some(learns));
  const lengths = trajectories.map(sequenceLength);
  return {
    branch,
    step,
    stage,
    iteration,
    parentStateHash: input.parentStateHash,
    batches: [...ready.batches],
    scoresHash: hashOf(ready.scores),
    advantages: advantages.map((advantage) => advantage ?? 0),
    minibatches: minibatches.map((members) =>
      packMicroBatches(members.filter(learns), lengths, engineOf(configuration.policy).microBatchTokens),
    ),
    lossDivisors: minibatches.map((members) =>
      algorithm.lossDivisor({
        sequences: members.length,
        policyTokens: members.reduce((sum, index) => sum + policyTokens(trajectories[index]), 0),
        maxResponseTokens: configuration.rollout.maxResponseTokens,
      }),
    ),
    loss,
    ...(hasReference(loss) && { reference: input.stageStart }),
    optimizer,
    temperature: settings.temperature,
    fingerprint: ready.fingerprint,
    ...(staleness > 0 && { staleness: 1 as const }),
    ...(settings.learns === "demonstrations" && { learns: settings.learns }),
    revision: 0,
  };
}

/** Whether a loss compares with the policy that the stage began with. */
export function hasReference(loss: PlannedLoss): boolean {
  return "klCoefficient" in loss;
}

/** A KL or entropy term gives every trajectory a gradient, whatever its advantage. */
function hasTerms(loss: PlannedLoss): boolean {
  return hasReference(loss) || "entropyCoefficient" in loss;
}

/** Returns the plan with smaller micro-batches, for when the larger ones did not fit into memory. */
export function withSmallerMicroBatches(
  plan: StepPlan,
  trajectories: readonly Trajectory[],
  microBatchTokens: number,
): StepPlan {
  const lengths = trajectories.map(sequenceLength);
  return {
    ...plan,
    revision: plan.revision + 1,
    minibatches: plan.minibatches.map((minibatch) => packMicroBatches(minibatch.flat(), lengths, microBatchTokens)),
  };
}

/** Returns the padded tokens of a plan's largest micro-batch. */
export function largestMicroBatch(plan: StepPlan, trajectories: readonly Trajectory[]): number {
  const lengths = trajectories.map(sequenceLength);
  return Math.max(
    0,
    ...plan.minibatches
      .flat()
      .map((members) => members.length * Math.max(...members.map((index) => lengths[index] ?? 0))),
  );
}

function policyTokens(trajectory: Trajectory | undefined): number {
  return trajectory === undefined ? 0 : countTokens(trajectory, "policy");
}

/** Splits items into `count` runs of nearly equal size; fewer when there are fewer items. */
function deal<T>(items: readonly T[], count: number): T[][] {
  const parts = Math.min(count, items.length);
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  );
}
