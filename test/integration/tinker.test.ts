import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { dialectNamed } from "../../src/engines/tinker/dialects/table.ts";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { loadTokenizer } from "../../src/policy/tokenizer.ts";
import { queues } from "../../temporal.config.ts";
import { FakeTinker } from "../support/tinker/fakeServer.ts";
import { makeFluent } from "../support/tinker/fluent.ts";

/** Two stages at tiny size over a server of the Tinker protocol: workflows, worker, log and search are real, the server is the fake. */
const key = "tml-planted-never-to-be-found";
const tokenizerFolder = fileURLToPath(new URL("../../models/world-base", import.meta.url));
const settings = {
  preset: "tiny",
  policy: { engine: "tinker", server: "lab", model: "fake/bigram", tokenizer: tokenizerFolder, rank: 8 },
  stages: { reasoner: { iterations: 3 }, retriever: { iterations: 0 }, collaboration: { iterations: 3 } },
  evaluation: { questions: 1 },
  gate: { questions: 2 },
  warmStart: { when: "off" },
  optimizer: { gradientClip: 1e6 },
  guard: { maximumGradientNorm: 1e6 },
};

let site: Site;
/** Samples from the weights that it trains. */
let fake: FakeTinker;
/** Keeps weights to sample from. */
let apart: FakeTinker;
beforeAll(async () => {
  const tokenizer = await loadTokenizer(tokenizerFolder);
  const vocabulary = {
    size: tokenizer.vocabularySize,
    end: tokenizer.endOfTextId,
    text: (tokens: readonly number[]) => tokenizer.decode(tokens.slice(-8)),
    teach: (model: Parameters<typeof makeFluent>[0]) => makeFluent(model, tokenizer),
  };
  fake = await FakeTinker.start(dialectNamed("skyrl-jax"), { key, vocabulary });
  apart = await FakeTinker.start(dialectNamed("skyrl-train"), { key, vocabulary, delay: 20 });
  const lab = { url: fake.url, keyVariable: "LAB_KEY" };
  const services = { lab, apart: { ...lab, url: apart.url }, away: { url: "http://127.0.0.1:9" } };
  site = await openSite("tinker", { environment: { MED_R3_SERVICES: JSON.stringify(services), LAB_KEY: key } });
});
afterAll(async () => {
  await site?.close();
  await Promise.all([fake?.stop(), apart?.stop()]);
});

const start = (input: Record<string, unknown>) =>
  site.client.workflow.start("curriculum", {
    workflowId: `curriculum-${String(input["run"])}`,
    taskQueue: queues.cpu,
    args: [input],
  });

async function untilTraining(handle: Awaited<ReturnType<typeof start>>, done: number): Promise<void> {
  for (;;) {
    const progress = await handle.query<RunProgress>("progress").catch(() => null);
    if (progress !== null && progress.iterationsDone >= done) return;
    await sleep(50);
  }
}

describe("a run over a Tinker server", () => {
  it.each([
    ["a setting that the server would pass over", { optimizer: { gradientClip: 1 } }, "optimizer.gradientClip 1"],
    [
      "a term that no server computes",
      { algorithm: { name: "grpo", settings: { entropyCoefficient: 0.1 } } },
      "entropyCoefficient",
    ],
    [
      "sampling beside an update where one set of weights does both",
      { rollout: { staleness: 1 } },
      "rollout.staleness",
    ],
    ["a model that it does not have", { policy: { ...settings.policy, model: "fake/other" } }, "fake/other"],
    ["full weights where it has adapters", { policy: { ...settings.policy, rank: 0 } }, "policy.rank"],
    ["a server that the operator does not list", { policy: { ...settings.policy, server: "elsewhere" } }, "elsewhere"],
  ])("is refused before its start: %s", async (_, changes, words) => {
    const handle = await start({ ...settings, ...changes, run: "refused" });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining(words) },
    });
  });

  it("takes each step once, though its worker is killed, the server forgets its models and answers are lost", async () => {
    const handle = await start({ ...settings, run: "trained" });
    await untilTraining(handle, 1);
    site.killWorker();
    await untilTraining(handle, 3);
    fake.inject({ on: "forward", kind: "forget" });
    await untilTraining(handle, 4);
    fake.inject({ on: "optim_step", kind: "lost-after" });
    await handle.result();
    const log = await openRunLog(join(site.root, "trained"));
    const view: Readonly<Record<string, unknown>> = { ...(await readCommittedView(log)) };
    log.close();
    expect(view["steps"]).toHaveLength(6);
    expect(fake.faultsLeft).toBe(0);
    expect(JSON.stringify(view)).not.toContain(key);
  });

  it("samples each iteration but a stage's first one update behind, whatever dies, and plans say so", async () => {
    const policy = { ...settings.policy, server: "apart" };
    const handle = await start({ ...settings, policy, rollout: { staleness: 1 }, run: "ahead" });
    await untilTraining(handle, 1);
    site.killWorker();
    await handle.signal("pause");
    await handle.signal("resume");
    await untilTraining(handle, 3);
    apart.inject({ on: "forward", kind: "forget" });
    await untilTraining(handle, 4);
    apart.inject({ on: "optim_step", kind: "lost-after" });
    await handle.result();
    expect(apart.faultsLeft).toBe(0);
    const log = await openRunLog(join(site.root, "ahead"));
    const steps = await Promise.all(
      Array.from({ length: 6 }, async (_, step) => {
        const plan = await log.readPlan({ branch: "main", step });
        const metrics = (await log.readIteration({ branch: "main", step }))?.metrics ?? {};
        const gap = metrics["optim/log_probability_gap"] ?? NaN;
        return { planned: plan?.staleness ?? 0, measured: metrics["rollout/staleness"], isRight: gap < 1e-4 };
      }),
    );
    const view: Readonly<Record<string, unknown>> = { ...(await readCommittedView(log)) };
    log.close();
    const expected = [0, 1, 1, 0, 1, 1].map((staleness) => ({
      planned: staleness,
      measured: staleness,
      isRight: true,
    }));
    expect(steps).toEqual(expected);
    expect(view["steps"]).toHaveLength(6);
  });
});
