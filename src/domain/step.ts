import { z } from "zod";
import type { Score } from "./reward.ts";
import type { Trajectory } from "./trajectory.ts";

/** A batch of trajectories appended in one commit; it counts only when a step's plan names it. */
export const BatchReceipt = z.object({
  batchId: z.string(),
  count: z.number().int().min(0),
  /** SHA-256 (hex) over the rows in order. */
  hash: z.string(),
});
export type BatchReceipt = z.infer<typeof BatchReceipt>;

/** Left out where they are 0. */
const terms = { klCoefficient: z.number().positive().optional(), entropyCoefficient: z.number().positive().optional() };

/**
 * Loss settings as resolved for one step; see the engine's port for what each kind computes. Strict: a plan with a field that is not
 * read again would not have its hash.
 */
export const PlannedLoss = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("policy-gradient"),
    clipLow: z.number(),
    clipHigh: z.number(),
    dualClip: z.number(),
    ...terms,
  }),
  z.strictObject({ kind: z.literal("sequence-policy-gradient"), clipLow: z.number(), clipHigh: z.number(), ...terms }),
  z.strictObject({ kind: z.literal("cross-entropy") }),
]);
export type PlannedLoss = z.infer<typeof PlannedLoss>;

/** Optimiser settings as resolved for one step. */
export const PlannedOptimizer = z.object({
  learningRate: z.number(),
  beta1: z.number(),
  beta2: z.number(),
  epsilon: z.number(),
  weightDecay: z.number(),
  gradientClip: z.number(),
});

/**
 * All that an update depends on, written before it is applied: the policy after a step is a pure function of the
 * policy before and the step's plan (docs/architecture.md#durability).
 */
export const StepPlan = z.object({
  branch: z.string(),
  /** Index of the step in its branch's ancestry; step 0 turns the base into policy 1. */
  step: z.number().int().min(0),
  stage: z.number().int().min(1),
  /** Within the stage, from 0. */
  iteration: z.number().int().min(0),
  parentStateHash: z.string(),
  batches: z.array(BatchReceipt),
  /** SHA-256 (hex) over the scores that the advantages come from; they are stored with the plan. */
  scoresHash: z.string(),
  /** Advantage of each trajectory, in the order of the batches' rows. */
  advantages: z.array(z.number()),
  /** Minibatches (one optimiser step each) of micro-batches of trajectory indices; the order is the order of execution. */
  minibatches: z.array(z.array(z.array(z.number().int().min(0)))),
  /** What each minibatch's summed loss is divided by; trajectories that change nothing are not in it, but count in a mean. */
  lossDivisors: z.array(z.number().int().min(1)),
  loss: PlannedLoss,
  /** The policy that a KL term compares with; left out without one. */
  reference: z.object({ branch: z.string(), step: z.number().int().min(0) }).optional(),
  optimizer: PlannedOptimizer,
  temperature: z.number(),
  /** Fingerprint of the engine that sampled the batches. */
  fingerprint: z.string(),
  /** Updates between the policy that sampled the batches and the one that the plan starts from; left out where it is that policy. */
  staleness: z.literal(1).optional(),
  /**
   * "demonstrations" where nobody sampled the batches, so that rewards say nothing of them. Left out where the policy
   * sampled them.
   */
  learns: z.literal("demonstrations").optional(),
  /** 0; 1 and more replace a plan at the same address that could not be applied, e.g. with smaller micro-batches. */
  revision: z.number().int().min(0),
});
export type StepPlan = z.infer<typeof StepPlan>;

/** What an iteration learns from: loaded once, then handed on to be scored, planned, applied, recorded. */
export interface Step {
  readonly batches: readonly BatchReceipt[];
  /** Trajectories of all batches, in order. */
  readonly trajectories: readonly Trajectory[];
  /** Fingerprint of the engine that sampled them. */
  readonly fingerprint: string;
  /** What has been measured so far, seconds mostly, by name; it depends on the attempt. */
  readonly timings: Readonly<Record<string, number>>;
}

/** A step with its scores, one per trajectory, in order. */
export interface ScoredStep extends Step {
  readonly scores: readonly Score[];
}

/** A step with its plan, as the log holds it. */
export interface PlannedStep extends ScoredStep {
  readonly plan: StepPlan;
}

/** What applying a plan led to. */
export const StepOutcome = z.object({
  branch: z.string(),
  step: z.number().int().min(0),
  stateHash: z.string(),
  /** Fingerprint of the engine that applied the plan. */
  fingerprint: z.string(),
  metrics: z.record(z.string(), z.number()),
});
export type StepOutcome = z.infer<typeof StepOutcome>;

/** A line of history. A rollback or a plan that differs at an existing address forks a new branch. */
export const Branch = z.object({
  name: z.string(),
  /** Null for the first branch. */
  parent: z.string().nullable(),
  /** Steps below this belong to the parent. */
  forkStep: z.number().int().min(0),
});
export type Branch = z.infer<typeof Branch>;

/** A saved policy: the one before `step` (so step 0 is the base). */
export const Checkpoint = z.object({
  branch: z.string(),
  step: z.number().int().min(0),
  stateHash: z.string(),
  /** As the run's engine names it: opaque to all others. */
  ref: z.string(),
  /** Stage ends and forks are never pruned. */
  keep: z.boolean(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;
