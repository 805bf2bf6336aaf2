import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Gate } from "../domain/gate.ts";
import type { BatchReceipt, Checkpoint, Step, StepPlan } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { addUsage, noUsage, plannedUsage, trainedTokens } from "../domain/usage.ts";
import { openBatchTable } from "./batchTable.ts";
import type { BatchTable } from "./batchTable.ts";
import { addTimings } from "./timings.ts";
import { hashOf } from "./canonical.ts";
import { openDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { openEvaluationTable } from "./evaluationTable.ts";
import type { EvaluationTable } from "./evaluationTable.ts";
import { createHistory } from "./history.ts";
import type { RunHistory } from "./history.ts";
import { openLikelihoodTable } from "./likelihoodTable.ts";
import type { LikelihoodTable } from "./likelihoodTable.ts";
import { openListTable } from "./listTable.ts";
import type { ListTable } from "./listTable.ts";
import type { RunLog } from "./log.ts";
import type {
  BranchRecord,
  BudgetApproval,
  EvaluationRecord,
  IterationRecord,
  ScheduleDecision,
  SettingsChange,
  WorkerVersions,
} from "./records.ts";
import { openStepTable } from "./stepTable.ts";
import type { StepTable } from "./stepTable.ts";
import { createWorkerNotes } from "./workers.ts";
import type { WorkerNotes } from "./workers.ts";
import { budgetFormat } from "./tables/budgetRows.ts";
import { branchFormat } from "./tables/branchRows.ts";
import { checkpointFormat } from "./tables/checkpointRows.ts";
import { gateFormat } from "./tables/gateRows.ts";
import { scheduleFormat } from "./tables/scheduleRows.ts";
import { settingsFormat } from "./tables/settingsRows.ts";
import { workerFormat } from "./tables/workerRows.ts";
import { hashTrajectories, readTrajectories, trajectoryColumns, trajectoryRow } from "./tables/trajectoryRows.ts";

/** Name of the database's folder in a run's folder, and of the metrics' mirror. */
export const databaseFolder = "lance";
export const metricsFile = "metrics.jsonl";

interface Tables {
  readonly trajectories: BatchTable<Trajectory>;
  readonly likelihoods: LikelihoodTable;
  readonly steps: StepTable;
  readonly evaluations: EvaluationTable;
  readonly gates: ListTable<Gate>;
  readonly branches: ListTable<BranchRecord>;
  readonly checkpoints: ListTable<Checkpoint>;
  readonly settings: ListTable<SettingsChange>;
  readonly schedule: ListTable<ScheduleDecision>;
  readonly budgets: ListTable<BudgetApproval>;
  readonly workers: ListTable<WorkerVersions>;
}

async function openTables(database: Database): Promise<Tables> {
  return {
    trajectories: await openBatchTable(database, {
      name: "trajectories",
      columns: trajectoryColumns,
      read: readTrajectories,
      hash: hashTrajectories,
    }),
    likelihoods: await openLikelihoodTable(database),
    steps: await openStepTable(database),
    evaluations: await openEvaluationTable(database),
    gates: await openListTable(database, gateFormat),
    branches: await openListTable(database, branchFormat),
    checkpoints: await openListTable(database, checkpointFormat),
    settings: await openListTable(database, settingsFormat),
    schedule: await openListTable(database, scheduleFormat),
    budgets: await openListTable(database, budgetFormat),
    workers: await openListTable(database, workerFormat),
  };
}

/** Opens the log of a run's folder; the tables are made when they are missing. Several processes may have it open. */
export async function openRunLog(folder: string): Promise<RunLog> {
  const database = await openDatabase(join(folder, databaseFolder));
  const tables = await openTables(database);

  const history = async (): Promise<RunHistory> => {
    const { steps, branches, checkpoints, gates, settings, schedule } = tables;
    await Promise.all([steps, branches, checkpoints, gates, settings, schedule].map((table) => table.refresh()));
    return createHistory({
      branches: branches.records,
      plans: steps.plans,
      outcomes: steps.outcomes,
      checkpoints: checkpoints.records,
      gates: gates.records,
      settings: settings.records,
      decisions: schedule.records,
    });
  };
  const readPlan: RunLog["readPlan"] = async (address) => {
    const entry = (await history()).plan(address);
    return entry === null ? null : (await tables.steps.read(entry)).plan;
  };
  const workers = createWorkerNotes(tables.workers);
  const reader = batches(tables, workers);

  return {
    folder,
    damage: database.damage,
    history,
    ...reader,
    appendPlan: async (plan, scored, trajectories) => {
      const known = trajectories ?? (await reader.readBatches(plan.batches)).trajectories;
      const usage = { ...plannedUsage(plan, known), trainedTokens: trainedTokens(plan, known) };
      await tables.steps.appendPlan(plan, scored, usage);
      const counted = (await history()).plan(plan);
      return counted === null || counted.hash === hashOf(plan) ? plan : (await tables.steps.read(counted)).plan;
    },
    readPlan,
    readStep: async (address) => {
      const entry = (await history()).plan(address);
      if (entry === null) return null;
      const { plan, scores, timings } = await tables.steps.read(entry);
      return { ...(await reader.readBatches(plan.batches)), plan, scores, timings };
    },
    ...outcomes(folder, tables, workers, history),
    ...evaluations(tables, workers, history),
    readWorkers: workers.readWorkers,
    ...usage(tables),
    appendLikelihoods: (likelihoods) => tables.likelihoods.append(likelihoods),
    readLikelihoods: () => tables.likelihoods.read(),
    appendGate: (gate) => tables.gates.append(gate),
    appendBranch: (branch) => tables.branches.append(branch),
    appendCheckpoint: (checkpoint) => tables.checkpoints.append(checkpoint),
    appendSettings: (change) => tables.settings.append(change),
    appendDecision: (decision) => tables.schedule.append(decision),
    close: () => {
      for (const table of Object.values(tables)) table.close();
      database.connection.close();
    },
  };
}

function usage({ steps, evaluations, budgets }: Tables): Pick<RunLog, "readUsage" | "appendBudget" | "readBudgets"> {
  return {
    readUsage: async () => {
      await steps.refresh();
      let sum = noUsage;
      for (const [address, revisions] of steps.plans) {
        const planned = revisions[0]?.usage ?? noUsage;
        const applied = steps.outcomes.get(address);
        sum = addUsage(sum, { ...planned, trainedTokens: applied === undefined ? 0 : planned.trainedTokens });
        if (applied !== undefined) sum = addUsage(sum, applied.usage);
      }
      return { steps: sum, evaluations: await evaluations.list() };
    },
    appendBudget: (approval) => budgets.append(approval),
    readBudgets: async () => {
      await budgets.refresh();
      return budgets.records;
    },
  };
}

function batches(
  { trajectories }: Tables,
  workers: WorkerNotes,
): Pick<RunLog, "appendBatch" | "findBatch" | "readBatch" | "readBatchDetails" | "readBatches"> {
  return {
    appendBatch: async (address, items, details) => {
      const stray = items.find(
        (item) =>
          item.branch !== address.branch || item.stage !== address.stage || item.iteration !== address.iteration,
      );
      if (stray !== undefined)
        throw new RangeError(
          `a trajectory of ${stray.branch}/${stray.stage}/${stray.iteration} does not belong to the batch of ${address.branch}/${address.stage}/${address.iteration}`,
        );
      await workers.note();
      return trajectories.append(address, items, items.map(trajectoryRow), details);
    },
    findBatch: (address) => trajectories.find(address),
    readBatch: (receipt) => trajectories.read(receipt),
    readBatchDetails: (receipt) => trajectories.details(receipt),
    readBatches: (receipts) => readBatches(trajectories, receipts),
  };
}

async function readBatches(table: BatchTable<Trajectory>, receipts: readonly BatchReceipt[]): Promise<Step> {
  const read = await Promise.all(
    receipts.map(async (receipt) => ({ trajectories: await table.read(receipt), ...(await table.details(receipt)) })),
  );
  return {
    batches: receipts,
    trajectories: read.flatMap(({ trajectories }) => trajectories),
    fingerprint: read[0]?.fingerprint ?? "",
    timings: read.map(({ timings }) => timings).reduce(addTimings, {}),
  };
}

function outcomes(
  folder: string,
  { steps }: Tables,
  workers: WorkerNotes,
  history: () => Promise<RunHistory>,
): Pick<RunLog, "appendOutcome" | "readIterations" | "readIteration"> {
  return {
    appendOutcome: async (plan: StepPlan, outcome) => {
      const { branch, step, stage, iteration } = plan;
      const record: IterationRecord = { branch, step, stage, iteration, metrics: outcome.metrics };
      await workers.note();
      await steps.appendOutcome(plan, outcome);
      await appendFile(join(folder, metricsFile), `${JSON.stringify(record)}\n`);
    },
    readIterations: async (branch) => {
      const now = await history();
      const entries = Array.from({ length: now.stepsDone(branch) }, (_, step) => now.outcome({ branch, step })).filter(
        (entry) => entry !== null,
      );
      return steps.readMetrics(entries);
    },
    readIteration: async (address) => {
      const entry = (await history()).outcome(address);
      return entry === null ? null : ((await steps.readMetrics([entry]))[0] ?? null);
    },
  };
}

function evaluations(
  { evaluations: table }: Tables,
  workers: WorkerNotes,
  history: () => Promise<RunHistory>,
): Pick<RunLog, "appendEvaluation" | "findEvaluation" | "listEvaluations" | "readEvaluations"> {
  const find: RunLog["findEvaluation"] = async (address, pool) => table.find((await history()).policy(address), pool);
  return {
    appendEvaluation: async (evaluation) => {
      const known = await find(evaluation, evaluation.pool);
      if (known !== null) return known;
      await workers.note();
      await table.append({ ...evaluation, ...(await history()).policy(evaluation) });
      return (await find(evaluation, evaluation.pool)) ?? evaluation;
    },
    findEvaluation: find,
    listEvaluations: async () => (await table.list()).map(({ branch, step, pool }) => ({ branch, step, pool })),
    readEvaluations: async (branch) => {
      const now = await history();
      const own = (await table.list()).filter(
        ({ branch: owner, step }) => now.policy({ branch, step }).branch === owner,
      );
      const records: EvaluationRecord[] = [];
      for (const { pool, branch: owner, step } of own.toSorted((a, b) => a.step - b.step)) {
        const record = await table.find({ branch: owner, step }, pool);
        if (record !== null) records.push(record);
      }
      return records;
    },
  };
}
