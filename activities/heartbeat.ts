import { Context } from "@temporalio/activity";
import { msToNumber } from "@temporalio/common/lib/time.js";
import { totalmem } from "node:os";
import { z } from "zod";
import type { RunControl } from "../src/policy/port.ts";
import { heartbeatInterval } from "../temporal.config.ts";

/** What the server keeps of an attempt, and hands to the next one. */
const Heartbeat = z.object({
  /** Share of the work done, 0 to 1. */
  done: z.number(),
  /** What is being done, for a person; null where the activity's name says it. */
  doing: z.string().nullable().default(null),
  /** This process' memory as a share of what it may use. */
  memory: z.number(),
  /** Attempts before this one that ended without a word while their memory was near the limit. */
  deathsNearLimit: z.number().int(),
});

/** Share of the memory from which a silent death is put down to it. */
const nearLimit = 0.9;

/** How the work of an activity tells its progress and hears that it is cancelled. */
export type ActivityControl = Required<Pick<RunControl, "signal" | "onProgress">>;

/** Keeps the server told that the activity lives and how far it is, and passes cancellation on, while the work runs. */
export async function withHeartbeats<T>(work: (control: ActivityControl) => Promise<T>): Promise<T> {
  const context = Context.current();
  const deaths = deathsNearLimit();
  let [fraction, doing]: [number, string | null] = [0, null];
  const beat = (): void => context.heartbeat({ done: Math.round(fraction * 1000) / 1000, doing, memory: memoryShare(), deathsNearLimit: deaths } satisfies z.infer<typeof Heartbeat>);
  // What the attempt before told must not get lost; a first attempt has nothing to tell yet.
  if (context.info.attempt > 1) beat();
  const timer = setInterval(beat, msToNumber(heartbeatInterval));
  try {
    return await work({ signal: context.cancellationSignal, onProgress: (done, what) => void ([fraction, doing] = [done, what ?? doing]) });
  } catch (error) {
    // Work that was cancelled ends with an error of its own; the server wants to hear that it was cancelled.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Attempts of the running activity that died near the memory limit; a process that the system kills leaves no other trace. */
export function deathsNearLimit(): number {
  const last = Heartbeat.safeParse(Context.current().info.heartbeatDetails);
  if (!last.success) return 0;
  return last.data.deathsNearLimit + (last.data.memory >= nearLimit ? 1 : 0);
}

function memoryShare(): number {
  const constrained = process.constrainedMemory();
  // Without a limit on the process some systems report 0 or a number beyond all memory.
  const limit = constrained > 0 && constrained < totalmem() ? constrained : totalmem();
  return Math.round((process.memoryUsage.rss() / limit) * 1000) / 1000;
}
