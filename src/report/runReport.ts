import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Gate } from "../domain/gate.ts";
import type { Score } from "../domain/reward.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Baseline } from "../engines/openai/settings.ts";
import type { Spent } from "../domain/usage.ts";
import type { BudgetApproval, ScheduleDecision } from "../trajectories/records.ts";
import type { RetrievalMeasure } from "./retrievalSection.ts";

/** Everything a report shows, gathered from a run's folder. */
export interface RunReport {
  readonly configuration: RunConfiguration;
  /** Fingerprints of engine and data, versions of the workers: what the numbers depend on beside the configuration. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly evaluations: readonly Evaluation[];
  /** Other models on the run's pools, in the configuration's order. */
  readonly baselines: readonly BaselineResult[];
  /** Public benchmarks asked of checkpoints on the current branch, by step. */
  readonly benchmarks: readonly BenchmarkResult[];
  /** Measures of the run's corpus by itself; null when it was not measured. */
  readonly retrieval: readonly RetrievalMeasure[] | null;
  readonly gates: readonly Gate[];
  /** What the schedule decided on the current branch, oldest first. */
  readonly decisions: readonly ScheduleDecision[];
  readonly iterations: readonly IterationMetrics[];
  /** On all branches. */
  readonly spent: Spent;
  /** Limits of the budget that persons approved, oldest first. */
  readonly budgets: readonly BudgetApproval[];
  /** What reading the data left out, in words. */
  readonly dataNotes: readonly string[];
  /** What the protocol probe found and where demonstrations came from; empty without a warm start. */
  readonly warmStartNotes: readonly string[];
  /** What is to be known of the model that the run began with, as how it was quantised; null where there is nothing to say. */
  readonly modelNote: string | null;
  /** Notable events: recoveries of guards, branches. */
  readonly events: readonly string[];
  readonly examples: readonly Example[];
  /** Parts of the reward that moved while accuracy did not. */
  readonly audit: Audit<AuditedReward>;
}

/** Accuracy of one checkpoint on one pool. */
export interface Evaluation {
  /** 0 for the base, else the number of the stage that the checkpoint ended. */
  readonly stage: number;
  /** "base", "after reasoner", … */
  readonly checkpoint: string;
  readonly pool: string;
  /** Share of answers judged fully right; null when nothing could be scored. */
  readonly accuracy: number | null;
  /** Bootstrap interval over clusters, at the configured confidence. */
  readonly low: number | null;
  readonly high: number | null;
  readonly questions: number;
  /** Answers that a judge failed to grade: neither right nor wrong, and left out of the accuracy. */
  readonly ungraded: number;
  /** Searches per answer, share of searches with a band, recall, probes, baselines by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A baseline's answers to one pool. */
export interface BaselineResult {
  readonly baseline: Baseline;
  readonly evaluation: Evaluation;
}

/** A checkpoint's figures on a public benchmark (see summariseAnswers). */
export interface BenchmarkResult {
  /** Benchmark and how it was asked. */
  readonly name: string;
  /** "base", "after retriever", "step 12". */
  readonly checkpoint: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Metrics of one iteration of the current branch's ancestry. */
export interface IterationMetrics {
  readonly stage: number;
  readonly stageName: string;
  readonly iteration: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A trajectory worth reading, with its question and what it earned. */
export interface Example {
  readonly stageName: string;
  readonly questionText: string;
  readonly rightAnswer: string;
  readonly trajectory: Trajectory;
  readonly score: Score;
}

/** A part of the reward that moved within a stage while accuracy did not move with it. */
export interface AuditFinding {
  readonly stage: number;
  readonly stageName: string;
  /** Its name; "total" is the whole reward. */
  readonly reward: string;
  /** Mean over the stage's last fifth minus that over its first. */
  readonly moved: number;
  readonly accuracyMoved: number;
}

/** What the audit of a run's stages came to. */
export interface Audit<Finding> {
  readonly findings: readonly Finding[];
  /** Names of stages with fewer iterations than a drift can be told from. */
  readonly tooShort: readonly string[];
}

/** A finding with trajectories of its stage's last iteration that show it. */
export interface AuditedReward extends AuditFinding {
  readonly examples: readonly Example[];
}
