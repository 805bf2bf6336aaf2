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
export type RunTask = { readonly iterations: { readonly iterationsDone: number; readonly iterationsTotal: number } } & (
  | { readonly kind: "index" }
  | { readonly kind: "base" }
  | { readonly kind: "evaluate"; readonly label: string; readonly branch: string; readonly step: number }
  | { readonly kind: "stage"; readonly stage: number; readonly iteration: number; readonly stageIterations: number }
  | { readonly kind: "gate"; readonly stage: number; readonly verdict: GateVerdict }
  | { readonly kind: "report" }
);

/** Where a run stands: read from the log, written by its start. */
export interface RunActivities {
  /** Resolves and saves the configuration of a new run, or checks that an existing run's is the same. Refuses wrong fields by name. */
  openRun(overrides: Readonly<Record<string, unknown>>): Promise<OpenedRun>;
  nextTask(input: { readonly run: string }): Promise<RunTask>;
  locateStage(input: { readonly run: string; readonly stage: number }): Promise<StagePosition>;
  /** The policy that a stage began with. */
  stageStart(input: { readonly run: string; readonly stage: number }): Promise<PolicyAddress>;
  /** Fills in the newest checkpoint and all pools where none are named. */
  locateEvaluation(input: { readonly run: string; readonly branch: string | null; readonly step: number | null; readonly pools: readonly string[] | null }): Promise<PolicyAddress & { readonly pools: readonly string[] }>;
}
