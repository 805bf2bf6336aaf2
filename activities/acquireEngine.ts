import { ApplicationFailure, sleep } from "@temporalio/activity";
import { callingWorkflow } from "./claims.ts";
import type { EngineLease } from "./engineLease.ts";

export interface AcquireDependencies {
  readonly lease: EngineLease;
  /** The queue that only this process serves. */
  readonly queue: string;
  /** Fires when the process is to end. Waiting runs then ask another process. */
  readonly draining: AbortSignal;
  /** Whether a workflow worked on a run under a claim that has ended. */
  readonly hasEnded: (run: string, workflowId: string) => Promise<boolean>;
}

/** Served by every gpu process on the shared queue. */
export interface AcquireActivities {
  /** Waits until this process is free for the run; returns the queue to reach it by. */
  acquireEngine(input: { readonly run: string }): Promise<{ readonly queue: string }>;
}

/** Milliseconds between checks whether the process is free. */
const lookEvery = 250;
/** Checks between questions to the server whether the holder has ended. */
const looksPerQuestion = 4;

export function createAcquireActivities({ lease, queue, draining, hasEnded }: AcquireDependencies): AcquireActivities {
  /** Releases the process when its holder has ended without giving it back. */
  const releaseEnded = async (): Promise<void> => {
    const holder = lease.idleHolder();
    if (holder === null || !(await hasEnded(holder.run, holder.workflowId))) return;
    if (lease.idleHolder() === holder) lease.release(holder.run);
  };
  return {
    acquireEngine: async ({ run }) => {
      const asking = { run, workflowId: callingWorkflow()?.workflowId ?? "" };
      for (let looks = 0; ; looks++) {
        if (draining.aborted) throw ApplicationFailure.retryable("this worker is being drained", "Draining");
        if (lease.take(asking)) return { queue };
        if (looks % looksPerQuestion === 0) await releaseEnded();
        else await sleep(lookEvery);
      }
    },
  };
}
