import { Client, type WorkflowClient } from "@temporalio/client";
import { Worker, type WorkerOptions as SdkOptions } from "@temporalio/worker";
import { join } from "node:path";
import type { EngineHolder } from "../activities/engineLease.ts";
import { keepAlive } from "../activities/heartbeat.ts";
import { createWorkspace } from "../activities/workspace.ts";
import { createCpuActivities, createGpuActivities } from "./activities.ts";
import { workflowBundle } from "./bundle.ts";
import { limitFailures } from "./failureLimit.ts";
import { handOver } from "./handOver.ts";
import { watchLongTurns } from "./longTurns.ts";
import { leaveWithDevice } from "./lostDevice.ts";
import type { WorkerOptions } from "./options.ts";
import { ownServerAccess, serverAccess } from "../src/server/serverAccess.ts";
import { connectWorker } from "./connect.ts";
import { registerSearchAttributes } from "../src/server/searchAttributes.ts";
import { loadGrammar } from "../src/rewards/extraction/phrases.ts";
import { openTracing } from "../src/server/tracing.ts";
import {
  cpuWorkerTuner,
  engineQueue,
  heartbeatInterval,
  queues,
  searchAttributes,
  server,
} from "../temporal.config.ts";
import { printError } from "../src/output/terminal.ts";

/** After the grace time, cancelled work gets this long to clean up. */
const cleanUpSeconds = 20;
/** How long a workflow waits for the worker that has it in its cache, which may be gone; another one replays its short history. */
const stickyTime = "500 milliseconds";

export interface Workers {
  /** Serves until shut down; rejects when a worker fails. */
  run(): Promise<void>;
  shutdown(): void;
}

/** Connects the queues of a role with their activities (docs/architecture.md#layout). */
export async function createWorkers(options: WorkerOptions): Promise<Workers> {
  const { address, namespace } = options;
  const access = options.local
    ? ownServerAccess(address ?? server.address, namespace ?? server.namespace)
    : serverAccess({ address, namespace, fallback: server });
  const tracing = await openTracing(process.env, `med-r3-worker-${options.role}`);
  const connection = await connectWorker(access);
  await registerSearchAttributes(connection, access.namespace, Object.values(searchAttributes));
  const longTurns = watchLongTurns(printError);
  const common: Omit<SdkOptions, "taskQueue"> = {
    connection,
    namespace: access.namespace,
    dataConverter: access.dataConverter,
    plugins: tracing.plugins,
    interceptors: { activity: [longTurns.interceptor, keepAlive, limitFailures, leaveWithDevice(() => stop())] },
    maxHeartbeatThrottleInterval: heartbeatInterval,
    ...shutdownTimes(options),
    ...versioning(options),
  };
  // Before there is work: the first answer that is read would hold the event loop for it.
  if (options.role !== "gpu") loadGrammar();
  const workspace = createWorkspace(options.root);
  const draining = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  const workers: Worker[] = [];
  const add = async (settings: SdkOptions): Promise<Worker> => {
    const worker = await Worker.create({ ...common, ...settings });
    workers.push(worker);
    return worker;
  };
  let leave = (): Promise<void> => Promise.resolve();
  let leaving: Promise<void> | null = null;

  if (options.role !== "gpu") {
    await add({
      taskQueue: queues.cpu,
      activities: createCpuActivities(workspace),
      stickyQueueScheduleToStartTimeout: stickyTime,
      ...(options.role === "cpu" ? { tuner: cpuWorkerTuner } : {}),
      workflowBundle: await workflowBundle(join(options.root, ".server"), tracing.plugins),
    });
  }
  if (options.role !== "cpu") {
    const queue = engineQueue(options.name);
    const gpuProcess = { name: options.name, queue };
    const { shared, shards, own, holder, close } = createGpuActivities(workspace, gpuProcess, draining.signal);
    closers.push(close);
    const settings = { taskQueue: queue, activities: own, maxConcurrentActivityTaskExecutions: 1 };
    const worker = await add(settings);
    // With the workflows in this process too, nobody would send the run on.
    if (options.role === "gpu") {
      const { workflow } = new Client({ connection, namespace: access.namespace });
      const sends = (): Promise<boolean> => isOpen(workflow, holder());
      leave = () =>
        handOver(worker, { connect: () => connectWorker(access), settings: { ...common, ...settings }, sends });
    }
    await add({ taskQueue: queues.gpu, activities: shared, maxConcurrentActivityTaskExecutions: 1 });
    await add({ taskQueue: queues.rollouts, activities: { ...shards }, maxConcurrentActivityTaskExecutions: 1 });
  }
  const stop = (): void => {
    draining.abort();
    for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
  };
  const shutdown = (): void => {
    // Where it fails, the run finds out by the schedule-to-start timeout.
    leaving ??= leave().catch(() => undefined);
    stop();
  };
  return {
    run: async () => {
      const runs = workers.map((worker) => worker.run());
      try {
        await Promise.all(runs);
      } finally {
        stop();
        await Promise.allSettled(runs);
        await leaving;
        for (const close of closers) await close();
        longTurns.stop();
        await workspace.close();
        await connection.close();
        await tracing.flush();
      }
    },
    shutdown,
  };
}

function shutdownTimes({ grace }: WorkerOptions): Pick<SdkOptions, "shutdownGraceTime" | "shutdownForceTime"> {
  return { shutdownGraceTime: grace * 1000, shutdownForceTime: (grace + cleanUpSeconds) * 1000 };
}

/** Whether a workflow that holds an engine has not ended. */
async function isOpen(workflow: WorkflowClient, holder: EngineHolder | null): Promise<boolean> {
  if (holder === null) return false;
  const { status } = await workflow.getHandle(holder.workflowId).describe();
  return status.name === "RUNNING";
}

/** In a deployment, workflows stay with the version they began on; on a laptop the newest code goes on. */
function versioning({ deployment, buildId }: WorkerOptions): Pick<SdkOptions, "workerDeploymentOptions"> {
  if (deployment === undefined || buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deployment, buildId },
      defaultVersioningBehavior: "PINNED",
    },
  };
}
