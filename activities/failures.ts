import { ApplicationFailure } from "@temporalio/activity";
import { failureTypes } from "../temporal.config.ts";

/** A failure that no retry cures: the person's input is wrong. */
export function badInput(error: unknown): ApplicationFailure {
  return ApplicationFailure.create({ message: messageOf(error), type: failureTypes.badInput, nonRetryable: true });
}

/** A failure that only a person can deal with: the run is held at once. */
export function needsPerson(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: failureTypes.needsPerson, nonRetryable: true });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
