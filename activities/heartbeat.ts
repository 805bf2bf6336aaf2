import { Context } from "@temporalio/activity";
import { msToNumber } from "@temporalio/common/lib/time.js";
import type { ActivityInterceptors } from "@temporalio/worker";
import { totalmem } from "node:os";
import { z } from "zod";
import type { RunControl } from "../src/policy/port.ts";
import { heartbeatInterval } from "../temporal.config.ts";

/** Details of a heartbeat: the server keeps them and gives them to the next attempt. */
const Heartbeat = z.object({
  /** Share of the work done, 0 to 1. */
  done: z.number(),
  /** What is being done, for a person; null where the activity's name says it. */
  doing: z.string().nullable().default(null),
  /** This process' memory as a share of what it may use. */
  memory: z.number(),
  /** Earlier attempts that ended without an error while their memory was near the limit. */
  deathsNearLimit: z.number().int(),
});

/** Share of memory (0–1) from which on a silent death counts as out of memory. */
const nearLimit = 0.9;

/** How the work of an activity tells its progress and hears that it is cancelled. */
export type ActivityControl = Required<Pick<RunControl, "signal" | "onProgress">>;

interface Progress {
  /** Share of the work done. */
  readonly done: number;
  /** What it does, in words; null where it did not say. */
  readonly doing: string | null;
}

/** How far each activity at work is. */
const told = new WeakMap<Context, Progress>();
const nothingTold: Progress = { done: 0, doing: null };

/** Keeps the server told that every activity lives and how far it is, so that no activity can forget it. */
export function keepAlive(context: Context): ActivityInterceptors {
  return { inbound: { execute: (input, next) => beating(context, () => next(input)) } };
}

async function beating<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const deaths = deathsNearLimit(context);
  const beat = (): void => {
    const { done, doing } = told.get(context) ?? nothingTold;
    context.heartbeat({
      done: Math.round(done * 1000) / 1000,
      doing,
      memory: memoryShare(),
      deathsNearLimit: deaths,
    } satisfies z.infer<typeof Heartbeat>);
  };
  // Repeats the details of the earlier attempt, so that they are not lost. A first attempt has none yet.
  if (context.info.attempt > 1) beat();
  const timer = setInterval(beat, msToNumber(heartbeatInterval));
  try {
    return await work();
  } catch (error) {
    // Cancelled work ends with an error of its own, but the server must hear that it was cancelled.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** How the activity at work hears of cancellation, and tells how far it is. */
export async function withControl<T>(work: (control: ActivityControl) => Promise<T>): Promise<T> {
  const context = Context.current();
  const onProgress: ActivityControl["onProgress"] = (done, what) =>
    void told.set(context, { done, doing: what ?? told.get(context)?.doing ?? null });
  return work({ signal: context.cancellationSignal, onProgress });
}

/** Attempts of the running activity that died near the memory limit; a process that the system kills leaves no other trace. */
export function deathsNearLimit(context: Context = Context.current()): number {
  const last = Heartbeat.safeParse(context.info.heartbeatDetails);
  if (!last.success) return 0;
  return last.data.deathsNearLimit + (last.data.memory >= nearLimit ? 1 : 0);
}

function memoryShare(): number {
  const constrained = process.constrainedMemory();
  // Without a limit on the process some systems report 0 or a number beyond all memory.
  const limit = constrained > 0 && constrained < totalmem() ? constrained : totalmem();
  return Math.round((process.memoryUsage.rss() / limit) * 1000) / 1000;
}
