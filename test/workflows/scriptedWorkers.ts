import { NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { queues } from "../../temporal.config.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace, type TestNamespace } from "../integration/namespace.ts";
import { createScript, scriptedActivities, type Script } from "./scripted.ts";

export interface ScriptedWorkers extends TestNamespace {
  stop(): Promise<void>;
}

/** Workers for all tests of a file, which play one script after the other. */
export function useScripted(): (script: Script) => ScriptedWorkers {
  let script = createScript(0);
  let workers: ScriptedWorkers | undefined;
  beforeAll(async () => {
    workers = await startScripted(() => script);
  });
  afterAll(() => workers?.stop());
  return (next) => {
    if (workers === undefined) throw new Error("the workers were not started yet");
    script = next;
    return workers;
  };
}

/** Real workflows on a real server with scripted activities on all queues, in a namespace of their own. */
export async function startScripted(
  script: () => Script,
  options: Partial<WorkerOptions> = {},
): Promise<ScriptedWorkers> {
  const place = await createNamespace();
  const connection = await NativeConnection.connect({ address: place.address });
  const common = { connection, namespace: place.namespace, activities: activitiesOf(script) };
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
  return {
    ...place,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
      await Promise.all(runs);
      await connection.close();
      await place.close();
    },
  };
}

/** A call keeps to the script that it began under. */
function activitiesOf(script: () => Script): object {
  const names = Object.keys(scriptedActivities(script()));
  const call =
    (name: string) =>
    (...input: unknown[]): unknown =>
      (scriptedActivities(script()) as Record<string, (...input: unknown[]) => unknown>)[name]?.(...input);
  return Object.fromEntries(names.map((name) => [name, call(name)]));
}
