import { ApplicationFailure } from "@temporalio/common";
import { Worker, type NativeConnection, type WorkerOptions } from "@temporalio/worker";
import { setTimeout as sleep } from "node:timers/promises";
import { failureTypes } from "../temporal.config.ts";

/** Milliseconds after its last job for which a process that ends still answers on its queue. By then the workflow has sent the next one. */
const patience = 3_000;

/**
 * Sends the run of a gpu process that ends in the middle of a job to another one: the next job on its queue is refused as a lost
 * engine, and the workflow finds another process at once. Without an answer it would wait for the schedule-to-start timeout.
 * `leaving` is the worker of the queue, `settings` are its own; a connection serves a queue once, so `connect` makes another.
 */
export async function handOver(
  leaving: Worker,
  connect: () => Promise<NativeConnection>,
  settings: WorkerOptions,
): Promise<void> {
  if (leaving.getStatus().numInFlightActivities === 0) return;
  let refused = (): void => undefined;
  const refusal = new Promise<void>((resolve) => {
    refused = resolve;
  });
  const refuse = (): Promise<never> => {
    refused();
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
    const running = worker.run();
    await jobsDone(leaving);
    await Promise.race([refusal, sleep(patience)]);
    worker.shutdown();
    await running;
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
