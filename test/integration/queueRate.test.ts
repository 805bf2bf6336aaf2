import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { findTemporal } from "../../src/server/executable.ts";
import { queues } from "../../temporal.config.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite("queue-rate");
});
afterAll(() => site.close());

async function limitGpuQueue(rate: string): Promise<void> {
  const temporal = await findTemporal({ environment: process.env, onProgress: console.error });
  const command = ["task-queue", "config", "set", "--address", site.address];
  const queue = ["--task-queue", queues.gpu, "--task-queue-type", "activity", "--queue-rps-limit", rate];
  await promisify(execFile)(temporal, [...command, ...queue]);
}

it("the queue of gpu workers gives no engine while its rate is set to 0, and goes on when it is set back", async () => {
  await limitGpuQueue("0");
  const handle = await site.client.workflow.start("curriculum", {
    workflowId: "curriculum-limited",
    taskQueue: queues.cpu,
    args: [{ run: "limited", preset: "tiny", evaluation: { questions: 0 } }],
  });
  const waiting = async (): Promise<unknown> =>
    (await handle.describe()).raw.pendingActivities?.map(({ activityType, lastWorkerIdentity }) => [
      activityType?.name,
      lastWorkerIdentity,
    ]);
  const unserved = [["acquireEngine", ""]];
  await expect.poll(waiting, { timeout: 60_000 }).toEqual(unserved);
  await sleep(3_000);
  expect(await waiting()).toEqual(unserved);
  await limitGpuQueue("default");
  await expect.poll(waiting, { timeout: 120_000 }).not.toEqual(unserved);
  await handle.terminate();
});
