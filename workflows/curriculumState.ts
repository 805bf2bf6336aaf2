import { ApplicationFailure, condition } from "@temporalio/workflow";
import type { GateVerdict } from "../activities/gates.ts";
import { failureTypes } from "../temporal.config.ts";
import { showDetails } from "./details.ts";
import type { GateDecisionRequest } from "./messages.ts";
import type { RunProgress } from "./progress.ts";

/** What a person can change or see of a running curriculum. */
export interface CurriculumState {
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
  progress: RunProgress;
  /** Where the pace is measured from, for the time left. */
  pace: { readonly since: number; readonly iterationsDone: number } | null;
}

export function createCurriculumState(): CurriculumState {
  return {
    paused: false,
    resting: false,
    held: null,
    answer: null,
    openGate: null,
    gateDecision: null,
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

/** Waits while the run is paused. */
export async function whilePaused(state: CurriculumState): Promise<void> {
  if (!state.paused) return;
  state.resting = true;
  showDetails(state);
  await condition(() => !state.paused);
  state.resting = false;
}

/** Holds the run with its cause shown until a person says `retry`; `abort` ends the run. */
export async function hold(state: CurriculumState, cause: string): Promise<void> {
  state.held = cause;
  showDetails(state);
  await condition(() => state.answer !== null);
  const { answer } = state;
  state.answer = null;
  state.held = null;
  if (answer === "abort") throw ApplicationFailure.create({ message: `aborted by a person while held: ${cause}`, type: failureTypes.aborted, nonRetryable: true });
}
