import { ApplicationFailure } from "@temporalio/activity";
import { failureTypes } from "../temporal.config.ts";

import { deathsNearLimit } from "./heartbeat.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** What onnxruntime, CUDA and JavaScript say when memory is used up. */
const outOfMemory =
  /out of memory|bad allocation|failed to allocate|allocation failed|array buffer allocation|CUBLAS_STATUS_ALLOC_FAILED/iu;

/** Deaths near the limit after which the plan is taken to be too large. */
const toleratedDeaths = 1;

/** Does work for which a smaller plan would need less memory. Out of memory fails at once, with a type of its own. */
export async function tellingOutOfMemory<T>(work: () => Promise<T>): Promise<T> {
  if (deathsNearLimit() > toleratedDeaths)
    throw failure(`the process was killed ${deathsNearLimit()} times near its memory limit`);
  try {
    return await work();
  } catch (error) {
    throw outOfMemory.test(messageOf(error)) ? failure(messageOf(error)) : error;
  }
}

function failure(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: failureTypes.outOfMemory, nonRetryable: true });
}
