import { z } from "zod";
import { RewardWeights } from "../configuration/rewardWeights.ts";
import { PolicyAddress } from "../domain/address.ts";
import { Branch } from "../domain/step.ts";
import { RewardValues, Score } from "../domain/reward.ts";
import { Usage } from "../domain/usage.ts";
import { Work } from "../schedules/work.ts";

/** Where a batch of training trajectories belongs. Shards are fixed parts of an iteration, whoever generates them. */
export const BatchAddress = z.object({
  branch: z.string().min(1),
  stage: z.number().int().min(1),
  iteration: z.number().int().min(0),
  shard: z.number().int().min(0),
});
export type BatchAddress = z.infer<typeof BatchAddress>;

/** What is known of a batch beside its trajectories. */
export const BatchDetails = z.object({
  /** Of the engine that sampled it. */
  fingerprint: z.string(),
  /** Seconds by name, e.g. "timing_s/search"; they depend on the attempt. */
  timings: z.record(z.string(), z.number()).default({}),
  attempt: z.number().int().min(1).default(1),
});
export type BatchDetails = z.infer<typeof BatchDetails>;

/** The scores of a step, one per trajectory, in order; they are stored with the plan that was made from them. */
export const StepScores = z.object({
  scores: z.array(Score),
  /** Of rolling out and scoring, by name; they depend on the attempt. */
  timings: z.record(z.string(), z.number()),
});
export type StepScores = z.infer<typeof StepScores>;

/** Why a branch was opened. */
export const BranchCause = z.enum(["start", "rollback", "guard", "different-plan"]);

/** A branch with its reason and what it changes. */
export const BranchRecord = Branch.extend({
  cause: BranchCause,
  /** The stage that a guard's branch recovers; null for other causes. */
  stage: z.number().int().min(1).nullable(),
  /** In words, for the report. */
  reason: z.string(),
  /** Factor on the learning rate of its steps, on top of the parent's. */
  learningRateFactor: z.number().positive(),
});
export type BranchRecord = z.infer<typeof BranchRecord>;

/** Metrics of one applied step. */
export const IterationRecord = z.object({
  branch: z.string(),
  step: z.number().int().min(0),
  stage: z.number().int().min(1),
  iteration: z.number().int().min(0),
  metrics: z.record(z.string(), z.number()),
});
export type IterationRecord = z.infer<typeof IterationRecord>;

/** One answer to one question of an evaluation. */
export const QuestionResult = z.object({
  questionId: z.string(),
  /** Unit of resampling for intervals. */
  cluster: z.string(),
  sample: z.number().int().min(0),
  /** Null where a judge was needed and failed: neither right nor wrong. */
  correct: z.boolean().nullable(),
  total: z.number(),
  values: RewardValues,
});
export type QuestionResult = z.infer<typeof QuestionResult>;

/** Usage of answering a pool of questions; `money` was paid to services. */
export const EvaluationUsage = Usage.extend({ money: z.number().min(0) });
export type EvaluationUsage = z.infer<typeof EvaluationUsage>;

/** A policy's answers to one pool of questions, and what else was measured on it (by metric name). */
export const EvaluationRecord = PolicyAddress.extend({
  pool: z.string().min(1),
  results: z.array(QuestionResult),
  metrics: z.record(z.string(), z.number()),
  /** Set when the evaluation is appended; `RunLog.readUsage` sums it. */
  usage: EvaluationUsage.optional(),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** A schedule's decision with its reason: the policy and the history that it was asked about. */
export const ScheduleDecision = PolicyAddress.extend({
  /** Hash of the history that it was asked about. */
  asked: z.string(),
  work: Work,
  reason: z.string(),
});
export type ScheduleDecision = z.infer<typeof ScheduleDecision>;

/** Settings that a person changed: they hold for the plans of `branch` from `step` on. */
export const SettingsChange = PolicyAddress.extend({
  learningRate: z.number().positive().nullable(),
  rewards: RewardWeights.nullable(),
  name: z.string(),
  reason: z.string(),
});
export type SettingsChange = z.infer<typeof SettingsChange>;

/** What a worker that wrote in the log ran on. */
export const WorkerVersions = z.object({
  package: z.string(),
  node: z.string(),
  /** Its name; null where the system tells none. */
  processor: z.string().nullable(),
  /** Commit of the checkout, with "-dirty" behind it where files differ from it; null without one. */
  commit: z.string().nullable(),
});
export type WorkerVersions = z.infer<typeof WorkerVersions>;

/** Limits of the budget that a person approved in place of those before; null leaves a limit as it was. */
export const BudgetApproval = z.object({
  tokens: z.number().nullable(),
  money: z.number().nullable(),
  hours: z.number().nullable(),
  name: z.string(),
  reason: z.string(),
});
export type BudgetApproval = z.infer<typeof BudgetApproval>;
