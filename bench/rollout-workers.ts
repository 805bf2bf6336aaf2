import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelFolder } from "../src/engines/onnx/model/create.ts";
import { medicine } from "../src/tasks/world/medicine.ts";
import { inventWorld } from "../src/world/facts.ts";
import { baseModel } from "../src/world/base/baseModel.ts";
import { worldTokenizer } from "../src/world/worldTokenizer.ts";
import { countTokens } from "../src/domain/trajectory.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import { queues } from "../temporal.config.ts";
import { median, repeated, wantedCases, type Figure } from "./harness.ts";
import { machineGains } from "./support/bareSamplers.ts";
import { differences, readRunView, type RunView } from "./support/chaos/runView.ts";
import { readHistories } from "./support/histories.ts";
import { realModel } from "./support/realModel.ts";
import { openSite, type Site } from "./support/site.ts";
import { worldBase } from "./support/worldRollout.ts";
import { stopWorker } from "./support/supervisedWorker.ts";

/** One worker, two, two, one: a drift of the machine favours neither. */
const pairs = [
  [1, 2],
  [2, 1],
] as const;

interface RolloutSize {
  /** The first one opens the engines, and is not counted. */
  readonly iterations: number;
  readonly questions: number;
  /** Of a question. */
  readonly samples: number;
  readonly maxResponseTokens?: number;
}

/** A run that both numbers of workers make. */
interface RolloutCase {
  readonly name: string;
  readonly size: RolloutSize;
  /** The model's folder; may be made in a temporary one. */
  readonly modelIn: (folder: string) => Promise<string>;
}

const shards = 8;
const shardActivity = "rollOutShard";

/**
 * One thread of the engine a worker, and LanceDB searches with all cores whatever the workers. With the world's base (width 64) searches and records
 * take the larger part of a rollout, so that one worker has both cores busy; with fresh weights of width 384 sampling does, as with SmolLM2-135M, a model
 * that people use. MED_R3_BENCH_ONLY names the cases that are wanted, as a regular expression.
 */
const cases: readonly RolloutCase[] = [
  { name: "world-64", size: { iterations: 6, questions: 32, samples: 16 }, modelIn: async () => worldBase },
  {
    name: "width-384",
    size: { iterations: 3, questions: 32, samples: 16 },
    modelIn: async (folder) => {
      await createModelFolder(folder, wideModel, worldTokenizer(world), "wide model of a bench");
      return folder;
    },
  },
  {
    name: "smollm2-135m",
    size: { iterations: 2, questions: 8, samples: 4, maxResponseTokens: 64 },
    modelIn: () => realModel(),
  },
];

const world = inventWorld(medicine, 1);
const wideModel = {
  ...baseModel(world),
  hiddenSize: 384,
  feedForwardSize: 1056,
  layers: 6,
  heads: 6,
  keyValueHeads: 6,
};

function runSettings({ iterations, ...rollout }: RolloutSize, model: string) {
  return {
    preset: "quick",
    // One history a run: iterations of one stage, one after the other.
    schedule: "staged",
    policy: { model, replicas: 1, threadsPerReplica: 1 },
    rollout: { ...rollout, shards },
    stages: { reasoner: { iterations }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
    gate: { questions: 4 },
    guard: { minimumFormatShare: 0 },
    warmStart: { when: "off" },
    // As the paper's models learn: answers keep their length, so that iterations are alike.
    optimizer: { learningRate: 1e-6 },
    evaluation: { questions: 0 },
  };
}

/** Policy tokens a second of rollouts whose shards two gpu workers sample, against one, as a stage of a run has them; each with one replica of one thread. */
export async function* bench(): AsyncGenerator<Figure> {
  const site = await openSite("rollout-workers", { roles: ["cpu"] });
  const model = await mkdtemp(join(tmpdir(), "med-r3-bench-wide-"));
  try {
    for (const one of wantedCases(cases)) yield* measureCase(site, one, await one.modelIn(model));
  } finally {
    await site.close();
    await rm(model, { recursive: true, force: true });
  }
}

async function* measureCase(site: Site, one: RolloutCase, model: string): AsyncGenerator<Figure> {
  const runs: string[] = [];
  const compared: { readonly one: readonly number[]; readonly two: readonly number[] }[] = [];
  for (const [index, pair] of pairs.entries()) {
    const rates = new Map<number, readonly number[]>();
    for (const workers of pair) {
      const run = `${one.name}-${index + 1}-workers-${workers}`;
      runs.push(run);
      rates.set(workers, await measure(site, run, ["first", "second"].slice(0, workers), one.size, model));
    }
    compared.push({ one: rates.get(1) ?? [], two: rates.get(2) ?? [] });
  }
  const ratios = compared.flatMap(({ one: alone, two }) =>
    two.map((rate, iteration) => rate / (alone[iteration] ?? NaN)),
  );
  yield {
    name: `rollout-workers/${one.name}-two-against-one`,
    value: median(compared.flatMap(({ two }) => two)),
    unit: "policy tokens/s",
    peer: median(compared.flatMap(({ one: alone }) => alone)),
    ratio: median(ratios),
    n: ratios.length,
    low: Math.min(...ratios),
    high: Math.max(...ratios),
  };
  const { questions, samples } = one.size;
  const work = { folder: model, questions: questions / shards, samples, responseTokens: 64, shards };
  const gains = await machineGains(work, pairs.length);
  yield repeated(`rollout-workers/${one.name}-two-that-only-sample`, "times one that only samples", gains);
  const [first, ...others] = await Promise.all(runs.map((run) => contentOf(join(site.root, run))));
  const places = others.flatMap((other) => differences(first, other));
  yield {
    name: `rollout-workers/${one.name}-differences`,
    value: places.length,
    unit: "places of content",
    n: others.length,
  };
}

/** Policy tokens a second of each iteration's rollout, from the first shard scheduled to the last one done. */
async function measure(
  site: Site,
  run: string,
  names: readonly string[],
  size: RolloutSize,
  model: string,
): Promise<number[]> {
  const workers = names.map((name) => site.addWorker(["--role", "gpu", "--name", name]));
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    await site.client.workflow.execute("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [{ run, ...runSettings(size, model) }],
    });
  } finally {
    await Promise.all(workers.map(stopWorker));
  }
  const seconds = await secondsOfRollouts(site);
  const tokens = await tokensOfRollouts(join(site.root, run), size.iterations);
  return tokens.map((count, iteration) => count / (seconds[iteration] ?? NaN)).slice(1);
}

/** Of the stage that began last. */
async function secondsOfRollouts({ address }: Site): Promise<number[]> {
  const stages = await readHistories(address, "default", "stage");
  const stage = stages.findLast((events) => events.some(({ activity }) => activity === shardActivity)) ?? [];
  const seconds: number[] = [];
  let began: number | null = null;
  let ended = NaN;
  for (const { activity, completed, milliseconds } of stage) {
    if (activity === shardActivity) began ??= milliseconds;
    if (completed === shardActivity) ended = milliseconds;
    if (activity !== "scoreAndPlan" || began === null) continue;
    seconds.push((ended - began) / 1000);
    began = null;
  }
  return seconds;
}

async function tokensOfRollouts(runFolder: string, iterations: number): Promise<number[]> {
  const log = await openRunLog(runFolder);
  try {
    const steps = await Promise.all(
      Array.from({ length: iterations }, (_, step) => log.readStep({ branch: "main", step })),
    );
    return steps.map((step) =>
      (step?.trajectories ?? []).reduce((sum, trajectory) => sum + countTokens(trajectory, "policy"), 0),
    );
  } finally {
    log.close();
  }
}

/** All but the settings, which name the run. */
async function contentOf(runFolder: string): Promise<RunView> {
  const { configuration: _, ...content } = await readRunView(runFolder);
  return content;
}
