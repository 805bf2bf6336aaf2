import { NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queues } from "../../temporal.config.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace, type TestNamespace } from "../integration/namespace.ts";
import { scriptedActivities, type Script } from "./scripted.ts";

export interface ScriptedWorkers extends TestNamespace {
  stop(): Promise<void>;
}

/** Real workflows on a real server with scripted activities on all queues. */
export async function startScripted(script: Script, options: Partial<WorkerOptions> = {}): Promise<ScriptedWorkers> {
  const place = await createNamespace();
  const stop = await serveScripted(place, script, options);
  return {
    ...place,
    stop: async () => {
      await stop();
      await place.close();
    },
  };
}

/** Workers in a namespace that is there; returns what stops them. */
export async function serveScripted(
  place: TestNamespace,
  script: Script,
  options: Partial<WorkerOptions> = {},
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: place.address });
  const activities = scriptedActivities(script);
  const common = { connection, namespace: place.namespace, activities };
  const workers = [
    await Worker.create({
      workflowBundle: await workflowBundle(join(tmpdir(), "med-r3-test-bundles")),
      ...common,
      ...options,
      taskQueue: queues.cpu,
    }),
    await Worker.create({ ...common, taskQueue: queues.gpu }),
    await Worker.create({ ...common, taskQueue: queues.rollouts }),
    await Worker.create({ ...common, taskQueue: "scripted-engine" }),
  ];
  const runs = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
    await Promise.all(runs);
    await connection.close();
  };
}
