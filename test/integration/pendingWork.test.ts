import { Context } from "@temporalio/activity";
import { NativeConnection, Worker } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keepAlive, withControl } from "../../activities/heartbeat.ts";
import { createRetryTeller, readPendingWork, type PendingWork } from "../../src/cli/pendingWork.ts";
import { queues } from "../../temporal.config.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace } from "./namespace.ts";

it("who waits for a run hears what its work does, and each new attempt with the cause", async () => {
  const place = await createNamespace();
  const connection = await NativeConnection.connect({ address: place.address });
  let tellIt = (): void => undefined;
  const wasTold = new Promise<void>((resolve) => {
    tellIt = resolve;
  });
  const worker = await Worker.create({
    connection,
    namespace: place.namespace,
    taskQueue: queues.cpu,
    maxHeartbeatThrottleInterval: 100,
    interceptors: { activity: [keepAlive] },
    workflowBundle: await workflowBundle(join(tmpdir(), "med-r3-test-bundles")),
    activities: {
      locateEvaluation: () =>
        withControl(async ({ onProgress }) => {
          if (Context.current().info.attempt < 3) throw new Error("the disk is asleep");
          onProgress(0.5, "waking it up, door 3 of 4");
          await wasTold;
          return { run: "one", branch: "main", step: 0, pools: [] };
        }),
    },
  });
  const serving = worker.run();
  const handle = await place.client.workflow.start("evaluate", {
    workflowId: "evaluate-one",
    taskQueue: queues.cpu,
    args: [{ run: "one" }],
  });
  const tell = createRetryTeller();
  const told: string[] = [];
  let work: PendingWork[] = [];
  await expect
    .poll(
      async () => {
        work = await readPendingWork(handle);
        told.push(...tell(work));
        return work[0]?.doing;
      },
      { timeout: 30_000 },
    )
    .toBe("waking it up, door 3 of 4");
  expect(work).toMatchObject([{ activity: "locateEvaluation", attempt: 3, cause: "the disk is asleep" }]);
  expect(told.at(-1)).toBe("locateEvaluation is tried again (attempt 3); the one before ended: the disk is asleep");
  expect(tell(work)).toEqual([]);
  tellIt();
  await handle.result().catch(() => undefined);
  worker.shutdown();
  await serving;
  await connection.close();
  await place.close();
});
