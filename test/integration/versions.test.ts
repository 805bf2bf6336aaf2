import type { WorkflowHandle } from "@temporalio/client";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { WorkerProcess } from "../../bench/support/workerProcess.ts";
import { findTemporal } from "../../src/server/executable.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";

/** Two builds of a deployment side by side, as operators move from one to the next. */
let site: Site;
let temporal: string;
beforeAll(async () => {
  site = await openSite("versions", { roles: [] });
  temporal = await findTemporal({ environment: process.env, onProgress: console.error });
});
afterAll(() => site.close());

async function startBuild(build: string): Promise<WorkerProcess> {
  const worker = site.addWorker(["--name", build, "--deployment", "med-r3", "--build-id", build]);
  await worker.ready;
  await expect
    .poll(
      () =>
        deployment("set-current-version", build, ["--yes", "--ignore-missing-task-queues"]).then(
          () => "current",
          String,
        ),
      { timeout: 60_000 },
    )
    .toBe("current");
  return worker;
}

async function deployment(command: string, build: string, options: readonly string[] = []): Promise<string> {
  const { stdout } = await promisify(execFile)(temporal, [
    "worker",
    "deployment",
    command,
    "--address",
    site.address,
    "--deployment-name",
    "med-r3",
    "--build-id",
    build,
    ...options,
  ]);
  return stdout;
}

function start(run: string): Promise<WorkflowHandle> {
  const stages = [{ name: "reasoner", iterations: 1, rewards: { answer: 1 }, gate: null }];
  return site.client.workflow.start("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [{ run, preset: "tiny", stages, evaluation: { questions: 0 } }],
  });
}

/** Process ids of the workers that did anything for a run or its children. */
async function workersOf(run: string): Promise<number[]> {
  const pids = new Set<number>();
  for await (const { workflowId, runId } of site.client.workflow.list({
    query: `WorkflowId STARTS_WITH "curriculum-${run}"`,
  })) {
    const { events } = await site.client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskStartedEventAttributes: task, activityTaskStartedEventAttributes: activity } of events ??
      []) {
      const identity = task?.identity ?? activity?.identity;
      if (identity !== undefined && identity !== null) pids.add(Number.parseInt(identity, 10));
    }
  }
  return [...pids];
}

it("a run stays with the build that it began on, new ones go to the current build, and the old build can go when it is drained", async () => {
  const one = await startBuild("one");
  const first = await start("first");
  await first.signal("pause");
  await expect
    .poll(() => first.query<RunProgress>("progress").catch(() => null), { timeout: 60_000 })
    .toMatchObject({ phase: "paused" });
  const two = await startBuild("two");
  expect(await (await start("second")).result()).toEqual({ run: "second", report: "report.html" });
  await first.signal("resume");
  expect(await first.result()).toEqual({ run: "first", report: "report.html" });
  expect(await workersOf("first")).toEqual([one.pid]);
  expect(await workersOf("second")).toEqual([two.pid]);
  const unfinished = async (): Promise<number> =>
    (await site.client.workflow.count(`TemporalWorkerDeploymentVersion = "med-r3:one" AND ExecutionStatus = "Running"`))
      .count;
  await expect.poll(unfinished, { timeout: 30_000 }).toBe(0);
  expect(await deployment("describe-version", "one")).toMatch(/drain(ing|ed)/iu);
  one.kill("SIGTERM");
  expect(await one.ended).toBe(0);
  expect(await (await start("third")).result()).toEqual({ run: "third", report: "report.html" });
});
