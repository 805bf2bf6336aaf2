import { ApplicationFailure, condition } from "@temporalio/workflow";
import { failureTypes } from "../temporal.config.ts";
import type { CurriculumState } from "./curriculumState.ts";
import { showDetails } from "./details.ts";
import { tellStudy } from "./runWaits.ts";

/** Waits for a person, who sees why; the time does not count for the run's pace. */
export async function whileWaiting(state: CurriculumState, isOver: () => boolean): Promise<void> {
  const began = Date.now();
  showDetails(state);
  await tellStudy(state, whyItWaits(state));
  await condition(isOver);
  await tellStudy(state, null);
  leaveOut(state, Date.now() - began);
}

function whyItWaits({ held, openGate, overBudget }: CurriculumState): string {
  return held ?? openGate?.message ?? overBudget ?? "paused: send the signal resume";
}

/** Leaves idle milliseconds out of the pace from which the time left is estimated. */
export function leaveOut(state: CurriculumState, milliseconds: number): void {
  if (state.pace !== null) state.pace = { ...state.pace, since: state.pace.since + milliseconds };
}

/** Waits while the run is paused. */
export async function whilePaused(state: CurriculumState): Promise<void> {
  if (!state.paused) return;
  state.resting = true;
  await whileWaiting(state, () => !state.paused || state.rollBack !== null);
  state.resting = false;
}

/** Holds the run with its cause shown until a person says `retry` or rolls back; `abort` ends the run. */
export async function hold(state: CurriculumState, cause: string): Promise<void> {
  state.held = cause;
  await whileWaiting(state, () => state.answer !== null || state.rollBack !== null);
  const { answer } = state;
  state.answer = null;
  state.held = null;
  if (answer === "abort")
    throw ApplicationFailure.create({
      message: `aborted by a person while held: ${cause}`,
      type: failureTypes.aborted,
      nonRetryable: true,
    });
}
