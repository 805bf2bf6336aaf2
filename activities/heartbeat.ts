import { Context } from "@temporalio/activity";
import type { RunControl } from "../src/policy/port.ts";
import { heartbeatInterval } from "../temporal.config.ts";
import { msToNumber } from "@temporalio/common/lib/time.js";

/** Keeps the server told that the activity lives and how far it is, and passes cancellation on, while the work runs. */
export async function withHeartbeats<T>(work: (control: Required<RunControl>) => Promise<T>): Promise<T> {
  const context = Context.current();
  let fraction = 0;
  const beat = (): void => context.heartbeat({ done: Math.round(fraction * 1000) / 1000 });
  beat();
  const timer = setInterval(beat, msToNumber(heartbeatInterval));
  try {
    return await work({ signal: context.cancellationSignal, onProgress: (done) => void (fraction = done) });
  } catch (error) {
    // Work that was cancelled ends with an error of its own; the server wants to hear that it was cancelled.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
