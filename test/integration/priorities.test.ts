import { NativeConnection, Worker } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nightly, queues, trainingPriority } from "../../temporal.config.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace } from "./namespace.ts";

it("where a night and training wait for an engine, training gets it first", async () => {
  expect(trainingPriority).toBeLessThan(nightly.priority);
  const place = await createNamespace();
  const connection = await NativeConnection.connect({ address: place.address });
  const common = { connection, namespace: place.namespace };
  const served: string[] = [];
  const cpu = await Worker.create({
    ...common,
    taskQueue: queues.cpu,
    workflowBundle: await workflowBundle(join(tmpdir(), "med-r3-test-bundles")),
    activities: {
      nightlyTasks: async () => [{ run: "night", branch: "main", step: 0, pool: "test" }],
      reportRegressions: async () => ({ regressions: [] }),
      locateEvaluation: async ({ run }: { run: string }) => ({ run, branch: "main", step: 0, pools: ["test"] }),
    },
  });
  const serving = [cpu.run()];
  const night = await place.client.workflow.start("nightlyEvaluation", {
    workflowId: "night",
    taskQueue: queues.cpu,
    args: [{}],
  });
  const waits = async (id: string): Promise<boolean> =>
    (await place.client.workflow.getHandle(id).describe()).raw.pendingActivities?.[0]?.activityType?.name ===
    "acquireEngine";
  await expect.poll(() => waits("night"), { timeout: 30_000 }).toBe(true);
  const runs = ["one", "two", "three"];
  const training = await Promise.all(
    runs.map((run) =>
      place.client.workflow.start("evaluate", { workflowId: run, taskQueue: queues.cpu, args: [{ run }] }),
    ),
  );
  for (const run of runs) await expect.poll(() => waits(run), { timeout: 30_000 }).toBe(true);
  const acquireEngine = async ({ run }: { run: string }): Promise<{ queue: string }> => {
    served.push(run);
    return { queue: "one-engine" };
  };
  const evaluate = async (): Promise<object> => ({ pool: "test", questions: 1, accuracy: 1 });
  const gpu = await Worker.create({
    ...common,
    taskQueue: queues.gpu,
    maxConcurrentActivityTaskExecutions: 1,
    activities: { acquireEngine },
  });
  const engine = await Worker.create({
    ...common,
    taskQueue: "one-engine",
    activities: { evaluatePool: evaluate, evaluateNightly: evaluate, releaseEngine: async () => undefined },
  });
  serving.push(gpu.run(), engine.run());
  await Promise.all([night, ...training].map((handle) => handle.result()));
  expect(served.slice(0, -1).toSorted()).toEqual(runs.toSorted());
  expect(served.at(-1)).toBe("night");
  for (const worker of [cpu, gpu, engine]) worker.shutdown();
  await Promise.all(serving);
  await connection.close();
  await place.close();
});
