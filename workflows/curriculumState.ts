import { ApplicationFailure, condition } from "@temporalio/workflow";
import type { GateVerdict } from "../activities/gates.ts";
import type { CheckpointSummary, GateSummary } from "../activities/runs.ts";
import { failureTypes } from "../temporal.config.ts";
import { showDetails } from "./details.ts";
import type { GateDecisionRequest, RollBackRequest } from "./messages.ts";
import type { RunProgress } from "./progress.ts";

/** What a person can change or see of a running curriculum. */
export interface CurriculumState {
  run: string | null;
  paused: boolean;
  /** True while the run really rests: nothing is at work for it. */
  resting: boolean;
  /** Why the run waits for `retry` or `abort`; null while it works. */
  held: string | null;
  /** What was answered to a held run. */
  answer: "retry" | "abort" | null;
  /** The gate that waits for a person. */
  openGate: GateVerdict | null;
  gateDecision: GateDecisionRequest | null;
  /** A roll-back to do at the next safe point. */
  rollBack: RollBackRequest | null;
  checkpoints: readonly CheckpointSummary[];
  gates: readonly GateSummary[];
  /** Rewards of the last iterations, for the sparkline. */
  recentRewards: number[];
  progress: RunProgress;
  /** Where the pace is measured from, for the time left. */
  pace: { readonly since: number; readonly iterationsDone: number } | null;
}

export function createCurriculumState(paused: boolean): CurriculumState {
  return {
    run: null,
    paused,
    resting: false,
    held: null,
    answer: null,
    openGate: null,
    gateDecision: null,
    rollBack: null,
    checkpoints: [],
    gates: [],
    recentRewards: [],
    pace: null,
    progress: {
      phase: "starting",
      stage: null,
      iteration: 0,
      iterations: 0,
      iterationsDone: 0,
      iterationsTotal: 0,
      reward: null,
      accuracy: null,
      secondsLeft: null,
      message: "starting",
    },
  };
}

/** True when a person wants the work to stop at its next safe point. */
export function isInterrupted(state: CurriculumState): boolean {
  return state.paused || state.rollBack !== null;
}

/** Waits while the run is paused. */
export async function whilePaused(state: CurriculumState): Promise<void> {
  if (!state.paused) return;
  state.resting = true;
  showDetails(state);
  await condition(() => !state.paused || state.rollBack !== null);
  state.resting = false;
}

/** Holds the run with its cause shown until a person says `retry` or rolls back; `abort` ends the run. */
export async function hold(state: CurriculumState, cause: string): Promise<void> {
  state.held = cause;
  showDetails(state);
  await condition(() => state.answer !== null || state.rollBack !== null);
  const { answer } = state;
  state.answer = null;
  state.held = null;
  if (answer === "abort") throw ApplicationFailure.create({ message: `aborted by a person while held: ${cause}`, type: failureTypes.aborted, nonRetryable: true });
}
