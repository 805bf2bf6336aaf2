import { defineQuery, defineSignal } from "@temporalio/workflow";

/** What a stage tells its curriculum now and then. */
export interface StageProgress {
  readonly phase: "training" | "gate";
  readonly stage: number;
  /** Iterations done of `iterations`. */
  readonly iteration: number;
  readonly iterations: number;
  /** Mean total reward and share of right answers of the last iteration; null before the first. */
  readonly reward: number | null;
  readonly accuracy: number | null;
}

/** How far a run is; the answer of the query `progress`. */
export interface RunProgress {
  readonly phase: "starting" | "indexing" | "base" | "training" | "gate" | "evaluating" | "report" | "done" | "paused" | "held";
  readonly stage: number | null;
  readonly iteration: number;
  /** Of the stage. */
  readonly iterations: number;
  readonly iterationsDone: number;
  /** Of the run. */
  readonly iterationsTotal: number;
  readonly reward: number | null;
  readonly accuracy: number | null;
  /** Estimated from the iterations so far; null before the first. */
  readonly secondsLeft: number | null;
  /** What goes on, or why the run is held. */
  readonly message: string;
}

export const stageProgressSignal = defineSignal<[StageProgress]>("stageProgress");
export const progressQuery = defineQuery<RunProgress>("progress");
