import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchmarkPlan } from "../src/benchmarks/protocols/plan.ts";
import { compareNights, type NightComparison } from "../src/curriculum/nights.ts";
import { configuredPools } from "../src/curriculum/questions.ts";
import { RunName } from "../src/configuration/configuration.ts";
import { configurationFile } from "../src/curriculum/runFolder.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import { writeWhole } from "../src/files/writeWhole.ts";
import { renderTrends } from "../src/report/trends.ts";
import { openNightLog, type NightLog } from "../src/trajectories/nights.ts";
import { answerBenchmark, type BenchmarkTask } from "./benchmarks.ts";
import { answerPool } from "./evaluation.ts";
import { badInput } from "./failures.ts";
import { withHeartbeats } from "./heartbeat.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import type { PolicyAddress } from "./position.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/** A policy and a pool of questions of one night. */
export interface NightTask extends PolicyAddress {
  readonly pool: string;
  /** How the pool is asked where it is a public benchmark; left out for a pool of the run's data set. */
  readonly plan?: BenchmarkPlan;
}

export interface NightActivities {
  /** The newest stage end of each run; all runs under the root when none are named. Each run is asked its own pools and the benchmarks. */
  nightTasks(input: { readonly runs: readonly string[] | null; readonly pools: readonly string[] | null; readonly benchmarks?: readonly BenchmarkTask[] }): Promise<readonly NightTask[]>;
  /** Compares a night with those before, writes the page of trends, and returns what got worse, in words. */
  compareNight(input: { readonly night: string; readonly confidence: number }): Promise<{ readonly regressions: readonly string[] }>;
  /** Tells a webhook of regressions: a POST with JSON. */
  tellWebhook(input: { readonly url: string; readonly night: string; readonly regressions: readonly string[] }): Promise<void>;
}

export interface NightEngineActivities {
  /** Answers a pool's questions anew and keeps the answers in the history of nights. */
  evaluateNight(input: NightTask & { readonly night: string }): Promise<void>;
}

const trendsFile = "nightly.html";

function openNights(root: string): Promise<NightLog> {
  return openNightLog(join(root, ".nightly"));
}

export function createNightActivities(workspace: Workspace): NightActivities {
  return {
    nightTasks: async ({ runs, pools, benchmarks = [] }) => {
      const names = runs ?? (await runNames(workspace.root));
      const tasks: NightTask[] = [];
      for (const name of names) tasks.push(...(await tasksOf(await openNamed(workspace, name), pools, benchmarks)));
      return tasks;
    },
    compareNight: async ({ night, confidence }) => {
      const log = await openNights(workspace.root);
      try {
        const comparisons = compareNights(await log.records(), confidence);
        await writeTrends(workspace.root, comparisons);
        return { regressions: comparisons.filter((one) => one.night === night && one.regression).map(describe) };
      } finally {
        log.close();
      }
    },
    tellWebhook: async ({ url, night, regressions }) => {
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ night, regressions }) });
      if (!answer.ok) throw new Error(`the webhook answered ${answer.status} ${answer.statusText}`);
    },
  };
}

export function createNightEngineActivities({ workspace, engine, embedder }: { workspace: Workspace; engine: ResidentEngine; embedder: TextEmbedder }): NightEngineActivities {
  return {
    evaluateNight: ({ run: name, branch, step, pool, plan, night }) =>
      withHeartbeats(async (control) => {
        const log = await openNights(workspace.root);
        try {
          const known = (await log.records()).some((record) => record.night === night && record.run === name && record.pool === pool);
          if (known) return;
          const run = await workspace.run(name);
          const { results } = await engine.at(run, { branch, step }, control, ({ policy }) =>
            plan === undefined ? answerPool({ run, pool, sampler: policy, embedder, control }) : answerBenchmark({ root: workspace.root, run, plan, policy, embedder, control }));
          await log.append({ night, run: name, branch, step, pool, results });
        } finally {
          log.close();
        }
      }),
  };
}

/** Folders that hold a configuration; others beside them are no runs. */
async function runNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && RunName.safeParse(entry.name).success).map((entry) => entry.name);
  return names.filter((name) => existsSync(join(root, name, configurationFile))).toSorted();
}

async function openNamed(workspace: Workspace, name: string): Promise<OpenRun> {
  try {
    return await workspace.run(name);
  } catch (error) {
    throw badInput(`runs: ${name} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The newest stage end, or the base before there is one; nothing for a run that has not made its base yet. */
async function tasksOf(run: OpenRun, pools: readonly string[] | null, benchmarks: readonly BenchmarkTask[]): Promise<NightTask[]> {
  const history = await run.log.history();
  const branch = history.currentBranch;
  const newest = history.checkpoints({ branch, step: history.stepsDone(branch) }).find((checkpoint) => checkpoint.keep);
  if (newest === undefined) return [];
  const known = configuredPools(run.dataset, run.configuration);
  const address = { run: run.name, branch: newest.branch, step: newest.step };
  return [...known.filter((pool) => pools === null || pools.includes(pool)).map((pool) => ({ ...address, pool })), ...benchmarks.map((task) => ({ ...address, ...task }))];
}

async function writeTrends(root: string, comparisons: readonly NightComparison[]): Promise<void> {
  await writeWhole(join(root, trendsFile), renderTrends(comparisons));
}

function describe({ run, pool, change }: NightComparison): string {
  const points = (share: number): string => (100 * share).toFixed(1);
  return change === null ? `${run}, ${pool}` : `${run}, ${pool}: ${points(change.mean)} points since ${change.since} (${points(change.low)} to ${points(change.high)})`;
}
