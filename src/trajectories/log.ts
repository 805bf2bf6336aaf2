import type { PolicyAddress } from "../domain/address.ts";
import type { Gate } from "../domain/gate.ts";
import type { BatchReceipt, Checkpoint, PlannedStep, Step, StepOutcome, StepPlan } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Usage } from "../domain/usage.ts";
import type { RunHistory } from "./history.ts";
import type {
  BatchAddress,
  BatchDetails,
  BranchRecord,
  BudgetApproval,
  EvaluationRecord,
  EvaluationUsage,
  IterationRecord,
  ScheduleDecision,
  SettingsChange,
  StepScores,
  WorkerVersions,
} from "./records.ts";

/** See `RunLog.readUsage`. */
export interface RunUsage {
  readonly steps: Usage;
  readonly evaluations: readonly (PolicyAddress & { readonly pool: string; readonly usage: EvaluationUsage })[];
}

/**
 * The write-ahead log of a run (docs/architecture.md#durability): everything that was sampled, scored, planned, applied and decided, in
 * LanceDB tables that are only ever appended to. Every append is one commit. Where two attempts wrote the same thing,
 * the first in the table counts.
 */
export interface RunLog {
  /** The run's folder; the database is `lance` in it. */
  readonly folder: string;
  /** Damage found when it was opened and passed over, in words. */
  readonly damage: readonly string[];

  /** Where the run stands, as of now: branches, plans, outcomes, checkpoints, gates. Cheap: reads only what was appended since. */
  history(): Promise<RunHistory>;

  /** Appends trajectories in one commit, in order; orphaned unless a plan names the receipt. */
  appendBatch(address: BatchAddress, trajectories: readonly Trajectory[], details: BatchDetails): Promise<BatchReceipt>;
  /** The first complete batch at an address (count and hash verified), to adopt instead of sampling again; null when there is none. */
  findBatch(address: BatchAddress): Promise<BatchReceipt | null>;
  /** The trajectories of a batch in order. Throws when count or hash are not the receipt's. */
  readBatch(receipt: BatchReceipt): Promise<Trajectory[]>;
  readBatchDetails(receipt: BatchReceipt): Promise<BatchDetails>;
  /** Several batches as one step. Throws like readBatch. */
  readBatches(receipts: readonly BatchReceipt[]): Promise<Step>;

  /** Appends what was measured for the reward usefulness, in one commit. */
  appendLikelihoods(likelihoods: ReadonlyMap<string, number>): Promise<void>;
  /** All log-likelihoods measured so far, by content hash. */
  readLikelihoods(): Promise<ReadonlyMap<string, number>>;

  /**
   * Appends a plan with the scores that it was made from, in one commit. Returns the plan that counts at its address,
   * which is another attempt's when that came first. `trajectories` are those of its batches, whose usage is counted;
   * they are read from the log when left out.
   */
  appendPlan(plan: StepPlan, scored: StepScores, trajectories?: readonly Trajectory[]): Promise<StepPlan>;
  /** The plan that counts for the step on the branch or its ancestry; null when there is none. */
  readPlan(address: PolicyAddress): Promise<StepPlan | null>;
  /**
   * Returns the plan that counts with its trajectories and scores. Throws DamagedLogError where these are not the ones
   * that the plan was made from.
   */
  readStep(address: PolicyAddress): Promise<PlannedStep | null>;
  /** Appends what a plan led to, with the step's metrics. */
  appendOutcome(plan: StepPlan, outcome: StepOutcome): Promise<void>;
  /** Metrics of the applied steps of a branch's ancestry, in order. */
  readIterations(branch: string): Promise<IterationRecord[]>;
  /** Metrics of one applied step; null where it has not been applied. */
  readIteration(address: PolicyAddress): Promise<IterationRecord | null>;

  /** Appends an evaluation unless there is one of the same policy and pool; returns the one that counts. */
  appendEvaluation(evaluation: EvaluationRecord): Promise<EvaluationRecord>;
  /** Policies are compared by ancestry: a policy before a fork is its parent's. */
  findEvaluation(address: PolicyAddress, pool: string): Promise<EvaluationRecord | null>;

  /** Evaluations of the policies of a branch's ancestry, by step. */
  readEvaluations(branch: string): Promise<EvaluationRecord[]>;
  /** Policies and pools that were evaluated, in order. */
  listEvaluations(): Promise<readonly (PolicyAddress & { readonly pool: string })[]>;

  /**
   * Sums what the run used, by its log: the steps planned on any branch, each counted once whatever its plan's
   * revisions, and each evaluation. Batches that plans name are never swept, so the figures never fall.
   */
  readUsage(): Promise<RunUsage>;
  appendBudget(approval: BudgetApproval): Promise<void>;
  /** Limits that persons approved, oldest first. */
  readBudgets(): Promise<readonly BudgetApproval[]>;

  /** Versions of the workers that wrote batches, outcomes and evaluations, each once, oldest first; empty for a log from before they were noted. */
  readWorkers(): Promise<readonly WorkerVersions[]>;

  appendGate(gate: Gate): Promise<void>;
  appendBranch(branch: BranchRecord): Promise<void>;
  appendCheckpoint(checkpoint: Checkpoint): Promise<void>;
  appendSettings(change: SettingsChange): Promise<void>;
  appendDecision(decision: ScheduleDecision): Promise<void>;

  close(): void;
}
