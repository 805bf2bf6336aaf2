import { ApplicationFailure, sleep } from "@temporalio/activity";
import type { EngineLease } from "./engineLease.ts";

export interface AcquireDependencies {
  readonly lease: EngineLease;
  /** The queue that only this process serves. */
  readonly queue: string;
  /** Fires when the process is to end: whoever waits for it then asks another one. */
  readonly draining: AbortSignal;
}

/** Served by every gpu process on the shared queue. */
export interface AcquireActivities {
  /** Waits until this process is free for the run; returns the queue to reach it by. */
  acquireEngine(input: { readonly run: string }): Promise<{ readonly queue: string }>;
}

/** Milliseconds between looks whether the process is free. */
const lookEvery = 250;

export function createAcquireActivities({ lease, queue, draining }: AcquireDependencies): AcquireActivities {
  return {
    acquireEngine: async ({ run }) => {
      for (;;) {
        if (draining.aborted) throw ApplicationFailure.retryable("this worker is being drained", "Draining");
        if (lease.take(run)) return { queue };
        await sleep(lookEvery);
      }
    },
  };
}
