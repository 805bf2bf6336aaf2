import type { GuardName } from "../domain/guard.ts";
import type { PlannedLoss } from "../domain/step.ts";

/**
 * How a policy learns from an iteration's scored trajectories (docs/method.md#optimisation). Everything it decides stands in the step's
 * plan, so that a replay never asks it again.
 */
export interface Algorithm {
  /** What the engine computes; its kind must be among those that the engine declares. */
  readonly loss: PlannedLoss;
  /** One per sample, in order; null for a sample that takes no part in the update, not in its divisors either. All rewards are finite. */
  advantages(batch: ScoredBatch): (number | null)[];
  /** What a minibatch's summed loss is divided by: an integer, at least 1. */
  lossDivisor(minibatch: MinibatchSize): number;
  /** How many further questions to ask before the update, since groups of the batch teach nothing; 0 goes on to it. */
  questionsWanted(batch: ScoredBatch, rounds: number): number;
  /** Guards that mean something for this loss; "not-finite" and "gradient-explosion" always do. */
  readonly guards: readonly GuardName[];
  /** Metrics of its own, beside those of every algorithm; their names begin with the algorithm's. */
  metrics(batch: ScoredBatch): Readonly<Record<string, number>>;
}

/** An iteration's trajectories as an algorithm sees them; groups that a grader failed on are not among them. */
export interface ScoredBatch {
  /** In the order of the batches' rows. */
  readonly samples: readonly ScoredSample[];
  /** The components that the totals are made of. */
  readonly components: readonly RewardComponent[];
  /** Number of questions that an update is to learn from. */
  readonly questions: number;
}

export interface ScoredSample {
  /** Samples of one question are a group. */
  readonly questionId: string;
  /** The reward that groups are compared by. */
  readonly total: number;
  /** Judged fully right. */
  readonly correct: boolean;
}

/** One weighted component of the totals. GDPO normalises each by itself. */
export interface RewardComponent {
  readonly name: string;
  readonly weight: number;
  /** One per sample; null where the component does not apply. */
  readonly values: readonly (number | null)[];
  /** Which samples failed the format gate and have the component's lowest value instead of one of their own; left out where all are measured. */
  readonly standsIn?: readonly boolean[];
}

export interface MinibatchSize {
  readonly sequences: number;
  readonly policyTokens: number;
  /** Longest response that the run allows, in tokens. */
  readonly maxResponseTokens: number;
}
