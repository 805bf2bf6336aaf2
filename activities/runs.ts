import type { RewardWeights } from "../src/curriculum/configuration.ts";
import type { GateVerdict } from "./gates.ts";

/** A policy of a run: the one before `step` on a branch. */
export interface PolicyAddress {
  readonly run: string;
  readonly branch: string;
  readonly step: number;
}

/** Where a stage stands. */
export interface StagePosition extends PolicyAddress {
  readonly stage: number;
  /** Iterations done; also the index of the next one. */
  readonly iteration: number;
  /** Iterations the stage is to have, extensions included. */
  readonly iterations: number;
}

export interface OpenedRun {
  readonly run: string;
  readonly engine: string;
}

/** What the log says a run lacks next. */
export type RunTask =
  | { readonly kind: "index" }
  | { readonly kind: "base" }
  | { readonly kind: "evaluate"; readonly label: string; readonly branch: string; readonly step: number }
  | { readonly kind: "stage"; readonly stage: number; readonly iteration: number; readonly stageIterations: number }
  | { readonly kind: "gate"; readonly stage: number; readonly verdict: GateVerdict }
  | { readonly kind: "report" };

/** A snapshot that a run can be rolled back to. */
export interface CheckpointSummary {
  readonly branch: string;
  readonly step: number;
  /** What the policy is known as: "base", "after stage 1"; null for an ordinary snapshot. */
  readonly label: string | null;
}

/** A gate's latest decision with its evidence. */
export interface GateSummary extends GateVerdict {
  readonly stage: number;
  /** Who overruled the gate and why; null when it decided by itself. */
  readonly person: { readonly name: string; readonly reason: string } | null;
}

/** Where a run stands: what comes next, and what a person wants to see. */
export interface RunOverview {
  readonly task: RunTask;
  readonly iterationsDone: number;
  readonly iterationsTotal: number;
  /** On the current branch and those it came from, newest last; at most `shownCheckpoints`. */
  readonly checkpoints: readonly CheckpointSummary[];
  readonly gates: readonly GateSummary[];
}

/** Settings that a person may change while a run is under way. */
export interface ChangedSettings {
  readonly learningRate?: number | undefined;
  readonly rewards?: { readonly [part in keyof RewardWeights]?: number | undefined } | undefined;
}

/** Where a run stands: read from the log, written by its start. */
export interface RunActivities {
  /** Resolves and saves the configuration of a new run, or checks that an existing run's is the same. Refuses wrong fields by name. */
  openRun(overrides: Readonly<Record<string, unknown>>): Promise<OpenedRun>;
  nextTask(input: { readonly run: string }): Promise<RunOverview>;
  locateStage(input: { readonly run: string; readonly stage: number }): Promise<StagePosition>;
  /** The policy that a stage began with. */
  stageStart(input: { readonly run: string; readonly stage: number }): Promise<PolicyAddress>;
  /** Makes a new branch from a checkpoint current; what is abandoned stays readable. */
  rollBack(input: PolicyAddress & { readonly name: string; readonly reason: string }): Promise<void>;
  /** Records settings that hold from the next iteration on; returns that iteration in words. */
  changeSettings(input: { readonly run: string } & ChangedSettings & { readonly name: string; readonly reason: string }): Promise<string>;
  /** Fills in the newest checkpoint and all pools where none are named. */
  locateEvaluation(input: { readonly run: string; readonly branch: string | null; readonly step: number | null; readonly pools: readonly string[] | null }): Promise<PolicyAddress & { readonly pools: readonly string[] }>;
}
