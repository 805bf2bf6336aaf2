import type { WorkflowHandle } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { dialectNamed } from "../../src/engines/tinker/dialects/table.ts";
import { loadTokenizer } from "../../src/policy/tokenizer.ts";
import { queues } from "../../temporal.config.ts";
import { FakeTinker } from "../support/tinker/fakeServer.ts";
import { makeFluent } from "../support/tinker/fluent.ts";

export const tinkerKey = "tml-planted-never-to-be-found";
const tokenizerFolder = fileURLToPath(new URL("../../models/world-base", import.meta.url));

/** Two stages at tiny size on the server that workers know as "lab". */
export const tinkerSettings = {
  preset: "tiny",
  policy: { engine: "tinker", server: "lab", model: "fake/bigram", tokenizer: tokenizerFolder, rank: 8 },
  stages: { reasoner: { iterations: 3 }, retriever: { iterations: 0 }, collaboration: { iterations: 3 } },
  evaluation: { questions: 1 },
  gate: { questions: 2 },
  warmStart: { when: "off" },
  optimizer: { gradientClip: 1e6 },
  guard: { maximumGradientNorm: 1e6 },
};

/** Workflows, worker, log and search are real, the server of the Tinker protocol is the fake. */
export interface TinkerSite {
  readonly site: Site;
  readonly fake: FakeTinker;
  start(input: Readonly<Record<string, unknown>>): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

/** `delay`: milliseconds from a request to its result. */
export async function openTinkerSite(dialect: "skyrl-jax" | "skyrl-train", delay = 0): Promise<TinkerSite> {
  const tokenizer = await loadTokenizer(tokenizerFolder);
  const vocabulary = {
    size: tokenizer.vocabularySize,
    end: tokenizer.endOfTextId,
    text: (tokens: readonly number[]) => tokenizer.decode(tokens.slice(-8)),
    teach: (model: Parameters<typeof makeFluent>[0]) => makeFluent(model, tokenizer),
  };
  const fake = await FakeTinker.start(dialectNamed(dialect), { key: tinkerKey, vocabulary, delay });
  const services = { lab: { url: fake.url, keyVariable: "LAB_KEY" }, away: { url: "http://127.0.0.1:9" } };
  const site = await openSite("tinker", {
    environment: { MED_R3_SERVICES: JSON.stringify(services), LAB_KEY: tinkerKey },
  });
  return {
    site,
    fake,
    start: (input) =>
      site.client.workflow.start("curriculum", {
        workflowId: `curriculum-${String(input["run"])}`,
        taskQueue: queues.cpu,
        args: [{ ...tinkerSettings, ...input }],
      }),
    close: async () => {
      await site.close();
      await fake.stop();
    },
  };
}

export async function untilTraining(handle: WorkflowHandle, done: number): Promise<void> {
  for (;;) {
    const progress = await handle.query<RunProgress>("progress").catch(() => null);
    if (progress !== null && progress.iterationsDone >= done) return;
    await sleep(50);
  }
}
