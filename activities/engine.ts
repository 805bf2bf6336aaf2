import { sleep } from "@temporalio/activity";
import type { EngineLease } from "./engineLease.ts";
import { withHeartbeats } from "./heartbeat.ts";

export interface AcquireDependencies {
  readonly lease: EngineLease;
  /** The queue that only this process serves. */
  readonly queue: string;
}

/** Served by every gpu process on the shared queue. */
export interface AcquireActivities {
  /** Waits until this process is free for the run; returns the queue to reach it by. */
  acquireEngine(input: { readonly run: string }): Promise<{ readonly queue: string }>;
}

/** Milliseconds between looks whether the process is free. */
const lookEvery = 250;

export function createAcquireActivities({ lease, queue }: AcquireDependencies): AcquireActivities {
  return {
    acquireEngine: ({ run }) =>
      withHeartbeats(async () => {
        while (!lease.take(run)) await sleep(lookEvery);
        return { queue };
      }),
  };
}
