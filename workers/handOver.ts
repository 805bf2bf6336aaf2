import { ApplicationFailure } from "@temporalio/common";
import { Worker, type NativeConnection, type WorkerOptions } from "@temporalio/worker";
import { setTimeout as sleep } from "node:timers/promises";
import { failureTypes } from "../temporal.config.ts";

/** Milliseconds after its last job for which a process that ends still answers on its queue. By then the workflow has sent the next one, unless its scores take longer. */
const patience = 10_000;
/** Milliseconds between looks whether a next job can come. */
const lookEvery = 250;

export interface HandOver {
  /** A connection serves a queue once, so this makes another. */
  readonly connect: () => Promise<NativeConnection>;
  /** Of the leaving worker. */
  readonly settings: WorkerOptions;
  /** Whether a workflow sends its next job to the queue. */
  readonly sends: () => Promise<boolean>;
}

/**
 * Sends the run that holds a gpu process that ends to another one: the next job on its queue is refused as a lost engine, and
 * the workflow finds another process at once. Without an answer it would wait for the schedule-to-start timeout. `leaving` is
 * the worker of the queue.
 */
export async function handOver(leaving: Worker, { connect, settings, sends }: HandOver): Promise<void> {
  if (!(await sends())) return;
  let refused = false;
  const refuse = (): Promise<never> => {
    refused = true;
    throw ApplicationFailure.create({
      message: "this worker is being drained",
      type: failureTypes.lostEngine,
      nonRetryable: true,
    });
  };
  const connection = await connect();
  try {
    const interceptors = { activity: [() => ({ inbound: { execute: refuse } })] };
    const worker = await Worker.create({ ...settings, connection, interceptors });
    await worker.runUntil(async () => {
      await jobsDone(leaving);
      const end = Date.now() + patience;
      while (!refused && Date.now() < end && (await sends())) await sleep(lookEvery);
    });
  } finally {
    await connection.close();
  }
}

async function jobsDone(worker: Worker): Promise<void> {
  await new Promise<void>((resolve) => {
    worker.numInFlightActivities$.subscribe((jobs) => {
      if (jobs === 0) resolve();
    });
  });
}
