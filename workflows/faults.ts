import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from "@temporalio/workflow";
import { failureTypes } from "../temporal.config.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** What helps where a part of an extension is at fault. */
const mending = 'Mend its file, start the workers again, then send the run "retry".';

/** Describes a fault for a person: the innermost message, with the activity or child it came from. */
export function describeFault(error: unknown): string {
  const cause = rootCause(error);
  const message = isFailureOfType(cause, failureTypes.partFault) ? `${messageOf(cause)}. ${mending}` : messageOf(cause);
  const activity = innermostActivity(error);
  return activity === null ? message : `${activity}: ${message}`;
}

/** The gpu process is gone or its device is: the same work can be done on another one. */
export function isLostEngine(error: unknown): boolean {
  const cause = rootCause(error);
  if (cause instanceof TimeoutFailure)
    return cause.timeoutType === "SCHEDULE_TO_START" || cause.timeoutType === "HEARTBEAT";
  return isFailureOfType(error, failureTypes.lostEngine);
}

/** Whether the innermost failure is an ApplicationFailure of a type (`failureTypes`). */
export function isFailureOfType(error: unknown, type: string): boolean {
  const cause = rootCause(error);
  return cause instanceof ApplicationFailure && cause.type === type;
}

/** Waits for an activity that checks a person's input: what it refuses fails the workflow by the field's name, not wrapped in an activity's failure. */
export async function unwrapped<T>(checking: Promise<T>): Promise<T> {
  try {
    return await checking;
  } catch (error) {
    throw isCancellation(error) ? error : rootCause(error);
  }
}

/** A failure of the workflow that says in its own first line what failed where. */
export function namedFault(error: unknown): ApplicationFailure {
  const cause = rootCause(error);
  const type = cause instanceof ApplicationFailure ? cause.type : null;
  return ApplicationFailure.create({
    message: describeFault(error),
    type: type ?? failureTypes.held,
    nonRetryable: true,
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

/** The failure that an activity or child wrapped. */
export function rootCause(error: unknown): unknown {
  return error instanceof TemporalFailure && error.cause !== undefined && isWrapper(error)
    ? rootCause(error.cause)
    : error;
}

function isWrapper(error: TemporalFailure): boolean {
  return error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
}

function innermostActivity(error: unknown): string | null {
  if (error instanceof ActivityFailure) return error.activityType;
  return error instanceof ChildWorkflowFailure ? innermostActivity(error.cause) : null;
}
