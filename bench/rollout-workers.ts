import { join } from "node:path";
import { countTokens } from "../src/domain/trajectory.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import { queues } from "../temporal.config.ts";
import { median, type Figure } from "./harness.ts";
import { differences, readRunView, type RunView } from "./support/chaos/runView.ts";
import { readHistories } from "./support/histories.ts";
import { openSite, type Site } from "./support/site.ts";
import { stopWorker } from "./support/supervisedWorker.ts";

/** The first iteration of a run opens its engines, and is not counted. */
const iterations = 6;
/** One worker, two, two, one: a drift of the machine favours neither. */
const pairs = [
  ["one-1", "two-1"],
  ["two-2", "one-2"],
] as const;

/** 32 questions of 16 samples in 8 shards; one engine thread a worker. LanceDB searches with all cores whatever the workers. */
const settings = {
  preset: "quick",
  // One history a run: iterations of one stage, one after the other.
  schedule: "staged",
  policy: { replicas: 1, threadsPerReplica: 1 },
  rollout: { questions: 32, samples: 16, shards: 8 },
  stages: { reasoner: { iterations }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
  gate: { questions: 4 },
  evaluation: { questions: 0 },
};

/** Policy tokens a second of rollouts whose shards two gpu workers sample, against one, as a stage of a run has them; each with one replica of one thread. */
export async function* bench(): AsyncGenerator<Figure> {
  const site = await openSite("rollout-workers", { roles: ["cpu"] });
  try {
    const rates = new Map<string, number[]>();
    for (const run of pairs.flat()) {
      const workers = ["first", "second"].slice(0, run.startsWith("one") ? 1 : 2);
      rates.set(run, await measure(site, run, workers));
    }
    const ratesOf = (one: string, two: string): readonly [readonly number[], readonly number[]] => [
      rates.get(one) ?? [],
      rates.get(two) ?? [],
    ];
    const compared = [ratesOf("one-1", "two-1"), ratesOf("one-2", "two-2")];
    const ratios = compared.flatMap(([one, two]) => two.map((rate, iteration) => rate / (one[iteration] ?? NaN)));
    yield {
      name: "rollout-workers/two-against-one",
      value: median(compared.flatMap(([, two]) => two)),
      unit: "policy tokens/s",
      peer: median(compared.flatMap(([one]) => one)),
      ratio: median(ratios),
      n: ratios.length,
      low: Math.min(...ratios),
      high: Math.max(...ratios),
    };
    const [first, ...others] = await Promise.all(pairs.flat().map((run) => contentOf(join(site.root, run))));
    const places = others.flatMap((other) => differences(first, other));
    yield { name: "rollout-workers/differences", value: places.length, unit: "places of content", n: others.length };
  } finally {
    await site.close();
  }
}

/** Policy tokens a second of each iteration's rollout, from the first shard scheduled to the last one done. */
async function measure(site: Site, run: string, names: readonly string[]): Promise<number[]> {
  const workers = names.map((name) => site.addWorker(["--role", "gpu", "--name", name]));
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    await site.client.workflow.execute("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [{ run, ...settings }],
    });
  } finally {
    await Promise.all(workers.map(stopWorker));
  }
  const seconds = await secondsOfRollouts(site);
  const tokens = await tokensOfRollouts(join(site.root, run));
  return tokens.map((count, iteration) => count / (seconds[iteration] ?? NaN)).slice(1);
}

/** Of the stage that began last. */
async function secondsOfRollouts({ address }: Site): Promise<number[]> {
  const stages = await readHistories(address, "default", "stage");
  const stage = stages.findLast((events) => events.some(({ activity }) => activity === "rollOutShard")) ?? [];
  const seconds: number[] = [];
  let started: number | null = null;
  for (const { activity, milliseconds } of stage) {
    if (activity === "rollOutShard") started ??= milliseconds;
    if (activity !== "scoreAndPlan" || started === null) continue;
    // Scoring is scheduled in the turn that follows the last shard's end: some milliseconds are counted too many.
    seconds.push((milliseconds - started) / 1000);
    started = null;
  }
  return seconds;
}

async function tokensOfRollouts(runFolder: string): Promise<number[]> {
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
