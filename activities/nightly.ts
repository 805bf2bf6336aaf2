import type { OfRun, PolicyAddress } from "../src/domain/address.ts";
import { join } from "node:path";
import type { BenchmarkPlan } from "../src/evaluation/protocols/benchmarkPlan.ts";
import { compareNightly, type NightlyComparison } from "../src/evaluation/nightlyComparison.ts";
import { configuredPools } from "../src/curriculum/questions.ts";
import { writeAtomically } from "../src/files/atomicWrite.ts";
import { renderRegressionReport } from "../src/report/regressionReport.ts";
import { openNightlyLog, type NightlyLog } from "../src/trajectories/nightlyLog.ts";
import { answerBenchmark, type BenchmarkTask } from "./benchmarks.ts";
import { answerPool } from "./evaluation.ts";

import { withControl } from "./heartbeat.ts";
import { serviceNamed, tellWebhook } from "./webhook.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { runNames, type OpenRun, type Workspace } from "./workspace.ts";
import { didYouMean } from "../src/domain/nearest.mjs";
import { messageOf } from "../src/domain/messageOf.ts";

/** A policy and a pool of questions that a nightly evaluation asks. */
export interface NightlyTask extends OfRun<PolicyAddress> {
  readonly pool: string;
  /** How the pool is asked where it is a public benchmark; left out for a pool of the run's data set. */
  readonly plan?: BenchmarkPlan;
}

/** What a nightly evaluation could not evaluate, and why. */
export interface NightlyFailure {
  /** The run's name; where no run is to blame, what failed instead. */
  readonly run: string;
  /** Null where the run as a whole failed. */
  readonly pool: string | null;
  readonly cause: string;
}

/** What the webhook is told: a POST with JSON. */
export interface RegressionReport {
  readonly night: string;
  readonly regressions: readonly string[];
  readonly failures: readonly NightlyFailure[];
}

export interface NightlyActivities {
  /**
   * The newest stage end of each run; all runs under the root when none are named. Each run is asked its own pools and the
   * benchmarks. A run that cannot be opened, and a pool that no run has, is a failure among the tasks of the others; a webhook that is no service of this worker is bad input.
   */
  nightlyTasks(input: {
    readonly runs: readonly string[] | null;
    readonly pools: readonly string[] | null;
    readonly benchmarks?: readonly BenchmarkTask[];
    readonly webhook?: string | null;
  }): Promise<readonly (NightlyTask | NightlyFailure)[]>;
  /** Compares a nightly evaluation with those before, writes the regression report, and returns what got worse, in words. */
  reportRegressions(input: {
    readonly night: string;
    readonly confidence: number;
  }): Promise<{ readonly regressions: readonly string[] }>;
  /** Tells a webhook: sent once, with a key that is the same for the same news, and given up after half a minute. */
  tellWebhook(input: RegressionReport & { readonly webhook: string }): Promise<void>;
}

export interface NightlyEngineActivities {
  /** Answers a pool's questions anew and keeps the answers in the history of nightly evaluations. */
  evaluateNightly(input: NightlyTask & { readonly night: string }): Promise<void>;
}

const trendsFile = "nightly.html";

function openNightly(root: string): Promise<NightlyLog> {
  return openNightlyLog(join(root, ".nightly"));
}

export function createNightlyActivities(workspace: Workspace): NightlyActivities {
  return {
    nightlyTasks: async ({ runs, pools, benchmarks = [], webhook = null }) => {
      if (webhook !== null) serviceNamed(webhook);
      const names = runs ?? (await runNames(workspace.root));
      const tasks: (NightlyTask | NightlyFailure)[] = [];
      const known = new Set<string>();
      for (const name of names) {
        const ofRun = workspace.run(name).then((run) => {
          for (const pool of configuredPools(run.dataset, run.configuration)) known.add(pool);
          return tasksOf(run, pools, benchmarks);
        });
        tasks.push(
          ...(await ofRun.catch((error: unknown): NightlyFailure[] => [
            { run: name, pool: null, cause: messageOf(error) },
          ])),
        );
      }
      return [...tasks, ...unknownPools(pools ?? [], known)];
    },
    reportRegressions: async ({ night, confidence }) => {
      const log = await openNightly(workspace.root);
      try {
        const comparisons = await compareNightly(await log.records(), confidence);
        await writeTrends(workspace.root, comparisons);
        return { regressions: comparisons.filter((one) => one.night === night && one.regression).map(describe) };
      } finally {
        log.close();
      }
    },
    tellWebhook: async ({ webhook, ...news }) => tellWebhook(serviceNamed(webhook), news),
  };
}

export function createNightlyEngineActivities({
  workspace,
  engine,
}: {
  workspace: Workspace;
  engine: ResidentEngine;
}): NightlyEngineActivities {
  return {
    evaluateNightly: ({ run: name, branch, step, pool, plan, night }) =>
      withControl(async (control) => {
        const log = await openNightly(workspace.root);
        try {
          const known = (await log.records()).some(
            (record) => record.night === night && record.run === name && record.pool === pool,
          );
          if (known) return;
          const run = await workspace.run(name);
          const { results } = await engine.at(run, { branch, step }, control, ({ policy }) =>
            plan === undefined
              ? answerPool({ run, pool, sampler: policy, control })
              : answerBenchmark({ root: workspace.root, run, plan, policy, control }),
          );
          await log.append({ night, run: name, branch, step, pool, results });
        } finally {
          log.close();
        }
      }),
  };
}

/** The newest stage end, or the base before there is one; nothing for a run that has not made its base yet. */
async function tasksOf(
  run: OpenRun,
  pools: readonly string[] | null,
  benchmarks: readonly BenchmarkTask[],
): Promise<NightlyTask[]> {
  const history = await run.log.history();
  const branch = history.currentBranch;
  const newest = history.checkpoints({ branch, step: history.stepsDone(branch) }).find((checkpoint) => checkpoint.keep);
  if (newest === undefined) return [];
  const known = configuredPools(run.dataset, run.configuration);
  const address = { run: run.name, branch: newest.branch, step: newest.step };
  return [
    ...known.filter((pool) => pools === null || pools.includes(pool)).map((pool) => ({ ...address, pool })),
    ...benchmarks.map((task) => ({ ...address, ...task })),
  ];
}

/** Pools that were asked for and that no run has: nothing would be evaluated, and the night would end well. */
function unknownPools(pools: readonly string[], known: ReadonlySet<string>): NightlyFailure[] {
  const all = [...known];
  return pools
    .filter((pool) => !known.has(pool))
    .map((pool) => ({
      run: "pools",
      pool,
      cause: `no run has such a pool; known are ${all.join(", ") || "none"}${didYouMean(pool, all)}`,
    }));
}

async function writeTrends(root: string, comparisons: readonly NightlyComparison[]): Promise<void> {
  await writeAtomically(join(root, trendsFile), renderRegressionReport(comparisons));
}

function describe({ run, pool, change }: NightlyComparison): string {
  const points = (share: number): string => (100 * share).toFixed(1);
  return change === null
    ? `${run}, ${pool}`
    : `${run}, ${pool}: ${points(change.mean)} points since ${change.since} (${points(change.low)} to ${points(change.high)})`;
}
