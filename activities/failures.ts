import { ApplicationFailure } from "@temporalio/activity";
import { ConfigurationError } from "../src/configuration/configurationError.ts";
import { visible } from "../src/output/visible.ts";
import { failureTypes } from "../temporal.config.ts";
import { messageOf } from "../src/domain/messageOf.ts";
import { RewardError } from "../src/rewards/checkedValue.ts";

/** A failure that no retry cures: the person's input is wrong. */
export function badInput(error: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: visible(messageOf(error)),
    type: failureTypes.badInput,
    nonRetryable: true,
  });
}

/** Does work and turns a ConfigurationError into bad input. */
export async function asInput<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ConfigurationError ? badInput(error) : error;
  }
}

/** A failure that only a person can deal with: the run is held at once. */
export function needsPerson(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message: visible(message), type: failureTypes.needsPerson, nonRetryable: true });
}

/** Scores, and holds the run at once where a custom reward gave no value: asked again, it would give none again. */
export async function holdingOnRewardError<T>(scoring: () => Promise<T>): Promise<T> {
  try {
    return await scoring();
  } catch (error) {
    throw error instanceof RewardError ? needsPerson(error.message) : error;
  }
}

/** Messages of operating systems and networks for faults that may be over at the next attempt. */
const passing =
  /\b(?:EIO|ESTALE|EMFILE|ENFILE|EAGAIN|EBUSY|EINTR|ENOMEM|ENOSPC|EDQUOT|EPIPE|ETIMEDOUT|ECONNRESET|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)\b|fetch failed|i\/o error/iu;

/** True where storage or network failed, not what a person gave. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return passing.test(`${"code" in error ? String(error.code) : ""} ${error.message}`) || isPassing(error.cause);
}
