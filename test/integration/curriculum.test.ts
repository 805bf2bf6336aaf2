import type { WorkflowHandle } from "@temporalio/client";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences, readRunView, type RunView } from "../../bench/support/chaos/runView.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";

/** The real thing at tiny size: server, worker process, engine, corpus, log. */
let site: Site;
beforeAll(async () => {
  site = await openSite("integration");
});
afterAll(() => site.close());

const run = "tiny";
const workflowId = `curriculum-${run}`;
/** A list of stages is as long as one likes; some have no gate. */
const stages = [
  { name: "answer", iterations: 1, rewards: { answer: 1 } },
  { name: "reason", iterations: 1, rewards: { answer: 1, reasoning: 0.5 }, gate: null },
  { name: "search", iterations: 1, rewards: { answer: 1, retrieval: 1 } },
  { name: "together", iterations: 1, rewards: { answer: 1, reasoning: 0.5, retrieval: 0.5, clinical: 0.2 } },
];
const settings = { run, preset: "tiny", stages, gate: { questions: 2 }, evaluation: { questions: 1 } };

function start(input: unknown): Promise<WorkflowHandle> {
  return site.client.workflow.start("curriculum", { workflowId, taskQueue: queues.cpu, args: [input] });
}

async function untilTraining(handle: WorkflowHandle, iterationsDone: number): Promise<void> {
  for (;;) {
    const progress = await handle.query<RunProgress>("progress").catch(() => null);
    if (progress !== null && progress.iterationsDone >= iterationsDone) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The same run under another name, which nothing disturbs. */
async function undisturbed(): Promise<RunView> {
  const name = "undisturbed";
  await site.client.workflow.execute("curriculum", {
    workflowId: `curriculum-${name}`,
    taskQueue: queues.cpu,
    args: [{ ...settings, run: name }],
  });
  return readRunView(join(site.root, name));
}

describe("a curriculum of four stages at tiny size", () => {
  it("refuses a wrong field by name and writes nothing", async () => {
    const handle = await start({ ...settings, rollout: { samplse: 4 } });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining("rollout.samplse") },
    });
    await expect(access(join(site.root, run))).rejects.toThrow(/ENOENT/);
  });

  it("ends bitwise equal to an undisturbed run though its worker is killed, it is terminated, and it is resumed", async () => {
    const first = await start(settings);
    await untilTraining(first, 1);
    site.killWorker();
    await untilTraining(first, 2);
    await first.terminate("to be resumed");
    const second = await start({ run });
    expect(await second.result()).toEqual({ run, report: "report.html" });
    await access(join(site.root, run, "report.html"));
    const view = await readRunView(join(site.root, run));
    // They differ in their names alone.
    expect(differences(view, await undisturbed()).filter((line) => !line.includes("undisturbed"))).toEqual([]);
    expect(view["steps"]).toHaveLength(4);
    expect(view["gates"]).toHaveLength(3);
  });

  it("has nothing to do when a finished run is started again", async () => {
    const before = await readRunView(join(site.root, run));
    expect(await (await start({ run })).result()).toEqual({ run, report: "report.html" });
    expect(differences(before, await readRunView(join(site.root, run)))).toEqual([]);
  });
});
