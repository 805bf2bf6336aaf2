import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openSite } from "../../bench/support/site.ts";
import { findTemporal } from "../../src/server/executable.ts";
import { queues } from "../../temporal.config.ts";
import { writeRecords } from "../corpus/recordFiles.ts";

/**
 * Records the histories of every workflow of a run that is paused, steered and killed once, for the replay test:
 * `node --import tsx test/workflows/record.ts VERSION`. Recorded histories are kept for as long as runs that began with
 * that version may have to be finished.
 */
const version = process.argv[2];
if (version === undefined)
  throw new Error("say which version is recorded, for example: node --import tsx test/workflows/record.ts 0.1.0");

const folder = new URL("histories/", import.meta.url);
const run = "recorded";
const temporal = await findTemporal({ environment: process.env, onProgress: console.error });
const site = await openSite("record");
try {
  const { client } = site;
  const settings = {
    run,
    preset: "tiny",
    gate: { otherwise: "hold", minimumGain: 1 },
    evaluation: { questions: 1 },
    stages: { collaboration: { iterations: 0 } },
  };
  const handle = await client.workflow.start("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [settings],
  });
  await handle.signal("pause");
  await handle.signal("resume");
  for (const decision of ["approve", "approve"]) await decide(decision);
  await handle.result();
  await client.workflow.execute("nightlyEvaluation", {
    workflowId: "nightly",
    taskQueue: queues.cpu,
    args: [{ night: "2026-01-01" }],
  });
  await client.workflow.execute("evaluateRetrieval", {
    workflowId: "retrieval",
    taskQueue: queues.cpu,
    args: [{ run }],
  });
  writeRecords(join(site.root, "files"), { files: 3, records: 10, damaged: 0 });
  const files = { files: join(site.root, "files"), corpus: join(site.root, "corpus"), shardMegabytes: 0.0005 };
  await client.workflow.execute("indexCorpus", { workflowId: "files", taskQueue: queues.cpu, args: [files] });
  const study = join(site.root, "study.json");
  const arms = [{ name: "base", settings: { stages: { reasoner: { iterations: 0 } } } }];
  const declared = {
    name: "recorded",
    question: "?",
    preset: "tiny",
    arms,
    regimes: [{ name: "default", worlds: [1] }],
  };
  const noStages = { stages: { retriever: { iterations: 0 }, collaboration: { iterations: 0 } } };
  await writeFile(study, JSON.stringify({ ...declared, settings: noStages, seeds: [1] }));
  await client.workflow.execute("study", {
    workflowId: "study-recorded",
    taskQueue: queues.cpu,
    args: [{ file: study }],
  });
  const questions = join(site.root, "medmcqa.json");
  await writeFile(
    questions,
    JSON.stringify({
      id: "a",
      question: "Which drug treats gonorrhea?",
      opa: "Rest",
      opb: "Aspirin",
      opc: "Tea",
      opd: "Ceftriaxone",
      cop: 4,
      exp: "Gonorrhea is treated with ceftriaxone.",
    }),
  );
  await client.workflow.execute("buildDataset", {
    workflowId: "dataset",
    taskQueue: queues.cpu,
    args: [{ name: "recorded", source: { benchmark: "medmcqa", path: questions } }],
  });
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const commandLine = [
      "workflow",
      "show",
      "--address",
      site.address,
      "--workflow-id",
      workflowId,
      "--run-id",
      runId,
      "--output",
      "json",
    ];
    const { stdout } = await promisify(execFile)(temporal, commandLine, { maxBuffer: 2 ** 26 });
    await writeFile(new URL(`${version}-${type}-${workflowId}.json`, folder), JSON.stringify(JSON.parse(stdout)));
  }

  /** As soon as a gate waits. */
  async function decide(decision: string): Promise<void> {
    for (;;) {
      try {
        await handle.executeUpdate("decideGate", { args: [{ decision, name: "Ada", reason: "recorded" }] });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
} finally {
  await site.close();
}
process.exit(0);
