import type { OfRun, PolicyAddress, StagePosition } from "../src/domain/address.ts";
import { rollBack } from "../src/curriculum/branches.ts";
import { baselinePools, configuredPools } from "../src/curriculum/questions.ts";
import type { RewardWeights } from "../src/configuration/rewardWeights.ts";
import { ScheduleError } from "../src/curriculum/decide.ts";
import { nextWork, type RunWork } from "../src/curriculum/nextWork.ts";
import { stagePosition, stageStart } from "../src/curriculum/position.ts";
import { unofferedRewards } from "../src/tasks/offeredRewards.ts";
import { probesProtocol, protocolProbePool } from "../src/curriculum/protocolProbe.ts";
import { runStage, runStages } from "../src/curriculum/runStages.ts";
import type { Gate } from "../src/domain/gate.ts";
import { didYouMean } from "../src/domain/nearest.mjs";
import { PartError } from "../src/parts/partRegistry.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import { maintainLog } from "../src/trajectories/maintenance.ts";
import { budgetState, type BudgetState } from "./budget.ts";
import { badInput, needsPerson } from "./failures.ts";
import { summariseHistory, type HistorySummary } from "./overview.ts";
import { claimedRun, openRun, type OpenedRun, type RunStart } from "./openRun.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import { timeLeftOf } from "./timeLeft.ts";
import type { TimeLeft } from "../src/cost/timeLeft.ts";
import { isIndexed } from "./corpus.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** The next task of a run, by its log. */
export type RunTask =
  | { readonly kind: "index" }
  | { readonly kind: "base" }
  | { readonly kind: "evaluate"; readonly label: string; readonly branch: string; readonly step: number }
  | { readonly kind: "stage"; readonly position: StagePosition }
  | { readonly kind: "gate"; readonly gate: Gate }
  | { readonly kind: "report" };

/** Where a run stands: what comes next, and what a person wants to see. */
export interface RunOverview extends HistorySummary, Partial<BudgetState> {
  readonly task: RunTask;
  readonly timeLeft?: TimeLeft;
}

/** A stage to train: where it goes on, and in how many shards it rolls out; left out where a rollout is one piece. */
export interface StageTask extends OfRun<StagePosition> {
  readonly shards?: number;
}

/** Settings that a person may change while a run is under way. */
export interface ChangedSettings {
  readonly learningRate?: number | undefined;
  readonly rewards?: RewardWeights | undefined;
}

/** Where a run stands: read from the log, written by its start. */
export interface RunActivities {
  /** Resolves and saves the configuration of a new run, or checks that an existing run's is the same, and claims the run. Refuses wrong fields by name. */
  openRun(overrides: Readonly<Record<string, unknown>>, start?: RunStart): Promise<OpenedRun>;
  nextTask(input: { readonly run: string }): Promise<RunOverview>;
  /** Where the stage of this name goes on; claims the run, as a child of `parent` where it has one. Refuses a stage that is not to be trained yet. */
  locateStage(input: {
    readonly run: string;
    readonly stage: string;
    readonly parent?: string | null;
  }): Promise<StageTask>;
  /** The policy that a stage began with. */
  stageStart(input: { readonly run: string; readonly stage: number }): Promise<OfRun<PolicyAddress>>;
  /** Sweeps what no plan names and merges small files; the only activity that deletes rows. */
  maintain(input: { readonly run: string }): Promise<void>;
  /** Makes a new branch from a checkpoint current; what is abandoned stays readable. */
  rollBack(input: OfRun<PolicyAddress> & { readonly name: string; readonly reason: string }): Promise<void>;
  /** Records settings that hold from the next iteration on; returns that iteration in words. */
  changeSettings(
    input: { readonly run: string } & ChangedSettings & { readonly name: string; readonly reason: string },
  ): Promise<string>;
  /** Fills in the newest checkpoint and all pools where none are named; claims the run, as a child of `parent` where it has one. */
  locateEvaluation(input: {
    readonly run: string;
    readonly parent?: string | null;
    readonly branch: string | null;
    readonly step: number | null;
    readonly pools: readonly string[] | null;
  }): Promise<OfRun<PolicyAddress> & { readonly pools: readonly string[] }>;
}

/** Readers may be in the middle of a version of a table for this long. */
const keepVersionsMinutes = 60;

export function createRunActivities(workspace: Workspace): RunActivities {
  return {
    openRun: (overrides, start) => openRun(workspace, overrides, start),
    nextTask: async ({ run }) => overviewOf(workspace.root, await workspace.run(run)),
    locateStage: async ({ run, stage, parent }) => {
      const opened = await claimedRun(workspace, run, parent);
      const position = await locateStage(opened, stage);
      return { run, ...position, ...(await shardsOf(opened, position)) };
    },
    stageStart: async ({ run, stage }) => {
      const { log } = await workspace.run(run);
      return { run, ...stageStart(await log.history(), stage) };
    },
    maintain: async ({ run }) => {
      const { folder, requireClaim } = await workspace.run(run);
      await requireClaim();
      await maintainLog(folder, { keepVersionsMinutes });
    },
    rollBack: async ({ run, branch, step, name, reason }) => {
      const { log } = await workspace.run(run);
      await rollBack(log, { branch, step }, { name, reason }).catch((error: unknown) => {
        throw error instanceof RangeError ? badInput(error) : error;
      });
    },
    changeSettings: async ({ run, learningRate, rewards, name, reason }) => {
      const { log, configuration } = await workspace.run(run);
      for (const unoffered of unofferedRewards(configuration.data, rewards ?? {}))
        throw badInput(`rewards.${unoffered.name}: ${unoffered.message}`);
      const history = await log.history();
      const branch = history.currentBranch;
      const step = history.stepsDone(branch) + 1;
      await log.appendSettings({
        branch,
        step,
        learningRate: learningRate ?? null,
        rewards: rewards ?? null,
        name,
        reason,
      });
      return `holds from step ${step} of branch ${branch} on`;
    },
    locateEvaluation: async (target) =>
      locateEvaluation(await claimedRun(workspace, target.run, target.parent), target),
  };
}

async function overviewOf(root: string, run: OpenRun): Promise<RunOverview> {
  const history = await run.log.history();
  return {
    task: await taskOf(run),
    ...summariseHistory(history, run.configuration),
    ...(await budgetState(run)),
    timeLeft: await timeLeftOf(root, run),
  };
}

async function taskOf(run: OpenRun): Promise<RunTask> {
  if (!(await isIndexed(run))) return { kind: "index" };
  const work = await workOf(run);
  return work.kind === "done" ? { kind: "report" } : work;
}

/** A schedule that cannot be asked, or answers what cannot be done, is for a person to mend. */
async function workOf({ log, configuration, dataset }: OpenRun): Promise<RunWork> {
  try {
    const pools = configuredPools(dataset, configuration);
    return await nextWork(log, configuration, pools, baselinePools(dataset, configuration));
  } catch (error) {
    throw error instanceof ScheduleError || error instanceof PartError ? needsPerson(messageOf(error)) : error;
  }
}

async function locateStage(run: OpenRun, name: string): Promise<StagePosition> {
  const find = async (): Promise<StagePosition | undefined> => {
    const history = await run.log.history();
    const stage = runStages(history).find((one) => one.name === name);
    return stage === undefined ? undefined : stagePosition(history, stage.number);
  };
  const known = await find();
  if (known !== undefined) return known;
  const work = await workOf(run);
  const decided = await find();
  if (decided !== undefined) return decided;
  const next = work.kind === "stage" ? [work.position.name] : [];
  throw badInput(
    `stage: run ${run.name} is not to train a stage ${JSON.stringify(name)} now; next is ${next[0] ?? work.kind}${didYouMean(name, next)}`,
  );
}

/** Demonstrations exist already: nothing is sampled. */
async function shardsOf({ log, configuration }: OpenRun, position: StagePosition): Promise<Pick<StageTask, "shards">> {
  const { shards = 1 } = configuration.rollout;
  const { learns } = runStage(await log.history(), position.stage, position.branch);
  return shards === 1 || learns === "demonstrations" ? {} : { shards };
}

type EvaluationTarget = Parameters<RunActivities["locateEvaluation"]>[0];

async function locateEvaluation(
  { name, log, dataset, configuration }: OpenRun,
  target: EvaluationTarget,
): Promise<Awaited<ReturnType<RunActivities["locateEvaluation"]>>> {
  const history: RunHistory = await log.history();
  const branch = target.branch ?? history.currentBranch;
  if (!history.branches.some((known) => known.name === branch))
    throw badInput(`branch: run ${name} has no branch ${JSON.stringify(branch)}`);
  const step = target.step ?? history.stepsDone(branch);
  if (step > history.stepsDone(branch))
    throw badInput(`step: branch ${branch} has ${history.stepsDone(branch)} steps, not ${step}`);
  const isBase = history.policy({ branch, step }).step === 0;
  const known = [
    ...(isBase && probesProtocol(configuration) ? [protocolProbePool] : []),
    ...configuredPools(dataset, configuration),
    ...(isBase ? baselinePools(dataset, configuration) : []),
  ];
  for (const pool of target.pools ?? [])
    if (!known.includes(pool)) throw badInput(`pools: no pool ${JSON.stringify(pool)}; there are ${known.join(", ")}`);
  return { run: name, branch, step, pools: target.pools ?? known };
}
