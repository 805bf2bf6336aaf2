import { ApplicationFailure, condition } from "@temporalio/workflow";
import { failureTypes } from "../temporal.config.ts";
import type { CurriculumState } from "./curriculumState.ts";
import { showDetails } from "./details.ts";

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
