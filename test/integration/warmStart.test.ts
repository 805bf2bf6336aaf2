import type { WorkflowHandle } from "@temporalio/client";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences, readRunView } from "../../bench/support/chaos/runView.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { openDataset } from "../../src/tasks/taskRegistry.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { queues } from "../../temporal.config.ts";

/** Stage 0 from a file, then one stage, on the world's base as if it were somebody's model: server, worker, engine, corpus and log are real. */
let site: Site;
let file: string;
beforeAll(async () => {
  site = await openSite("warm-start");
  file = join(site.root, "demonstrations.jsonl");
  const { training } = await openDataset({ dataset: "world", worldSeed: 1 });
  const rows = training.slice(0, 12).map(({ text, answer }) => ({
    prompt: text,
    completion: `<think> ${text} </think> <answer> ${answer} </answer>`,
  }));
  const wrong = { prompt: training[12]?.text, completion: "<think> </think> <answer> nothing </answer>" };
  await writeFile(file, [wrong, ...rows].map((row) => `${JSON.stringify(row)}\n`).join(""));
});
afterAll(() => site.close());

const settings = () => ({
  preset: "tiny",
  data: { dataset: "world", worldSeed: 1 },
  policy: { model: fileURLToPath(new URL("../../models/world-base", import.meta.url)) },
  stages: { reasoner: { iterations: 1, gate: null }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
  // The probe is all that is asked.
  evaluation: { questions: 0 },
  warmStart: {
    when: "on",
    probeQuestions: 4,
    iterations: 4,
    every: 2,
    minimumGain: 0,
    learningRate: 1e-4,
    demonstrations: [{ from: "file", path: file }],
    count: 12,
  },
});
const start = (run: string): Promise<WorkflowHandle> =>
  site.client.workflow.start("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [{ ...settings(), run }],
  });

async function untilTraining(handle: WorkflowHandle, iterationsDone: number): Promise<void> {
  for (;;) {
    const progress = await handle.query<RunProgress>("progress").catch(() => null);
    if (progress !== null && progress.iterationsDone >= iterationsDone) return;
    await sleep(50);
  }
}

describe("a run with a warm start from a file", () => {
  it("probes the protocol, learns from the demonstrations, then goes through its stages; killed within, it ends bitwise equal", async () => {
    const killed = await start("killed");
    await untilTraining(killed, 1);
    site.killWorker();
    await killed.result();
    // One after the other: they share one engine.
    await (await start("undisturbed")).result();
    const [view, undisturbed] = await Promise.all(
      ["killed", "undisturbed"].map((run) => readRunView(join(site.root, run))),
    );
    expect(differences(view ?? {}, undisturbed ?? {}).filter((line) => !line.includes("undisturbed"))).toEqual([]);
  });

  it("keeps what was gathered and why a row was left out, and what its stage learnt", async () => {
    const folder = join(site.root, "killed");
    const notes = await readFile(join(folder, "demonstrations-notes.json"), "utf8");
    expect(notes).toContain("demonstrations.jsonl, line 1:");
    const log = await openRunLog(folder);
    const history = await log.history();
    const decided = history.decisions("main").map(({ work }) => work.kind);
    expect(decided.slice(0, 2)).toEqual(["train", "extend"]);
    const iterations = await log.readIterations("main");
    expect(iterations.map(({ stage }) => stage)).toEqual([1, 1, 1, 1, 2]);
    const losses = iterations.flatMap(({ metrics }) => metrics["demonstrations/validation_loss"] ?? []);
    expect(losses).toHaveLength(2);
    expect(losses[1]).toBeLessThan(losses[0] ?? 0);
    // Nobody sampled them, and no reward says anything of them.
    expect(iterations[0]?.metrics).toMatchObject({ "tokens/sampled": 0, "demonstrations/count": 8 });
    expect(iterations[0]?.metrics).not.toHaveProperty("reward/total");
    expect(await log.findEvaluation({ branch: "main", step: 0 }, "protocol-probe")).not.toBeNull();
    log.close();
  });
});
