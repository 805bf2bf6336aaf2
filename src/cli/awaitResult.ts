import { ServiceError, type WorkflowHandle } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which a server that gave no answer is asked again. */
const askAgainAfter = 1_000;

/**
 * Waits for the workflow's result, for as long as its server is there: a question without an answer, as after a computer's sleep, is
 * asked again. Rejects with the workflow's failure; whether the server has ended is for the caller to watch.
 */
export async function awaitResult(
  handle: Pick<WorkflowHandle, "result">,
  waitMilliseconds: number = askAgainAfter,
): Promise<unknown> {
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await sleep(waitMilliseconds);
    }
  }
}
