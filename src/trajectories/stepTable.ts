import { z } from "zod";
import { StepPlan } from "../domain/step.ts";
import type { StepOutcome } from "../domain/step.ts";
import type { Row } from "./appendTable.ts";
import type { Database } from "./database.ts";
import { hashOf } from "./canonical.ts";
import { DamagedLogError } from "./damage.ts";
import { addressKey } from "./history.ts";
import type { OutcomeEntry, PlanEntry } from "./history.ts";
import { IterationRecord } from "./records.ts";
import { openRecordTable } from "./recordTable.ts";
import { outcomeRow, planRow, stepColumns, StepIndexRow } from "./tables/steps.ts";

export interface StepTable {
  readonly plans: ReadonlyMap<string, readonly PlanEntry[]>;
  /** The first outcome at each address. */
  readonly outcomes: ReadonlyMap<string, OutcomeEntry>;
  refresh(): Promise<void>;
  appendPlan(plan: StepPlan): Promise<void>;
  readPlan(entry: PlanEntry): Promise<StepPlan>;
  appendOutcome(plan: StepPlan, outcome: StepOutcome): Promise<void>;
  readMetrics(entries: readonly OutcomeEntry[]): Promise<IterationRecord[]>;
  close(): void;
}

export async function openStepTable(database: Database): Promise<StepTable> {
  const plans = new Map<string, PlanEntry[]>();
  const outcomes = new Map<string, OutcomeEntry>();
  const takeRow = (row: Row, id: number): void => {
    const { kind, revision, planHash, stateHash, fingerprint, ...address } = StepIndexRow.parse(row);
    const key = addressKey(address);
    if (kind === "plan") plans.set(key, [...(plans.get(key) ?? []), { ...address, revision, hash: planHash, rowId: id }]);
    else if (!outcomes.has(key)) outcomes.set(key, { ...address, planHash, stateHash: stateHash ?? "", fingerprint, rowId: id });
  };
  const table = await openRecordTable(database, { name: "steps", columns: stepColumns, indexed: Object.keys(StepIndexRow.shape), takeRow });
  /** The plan written or read last: the update follows the planning of the same step. */
  let recent: { readonly hash: string; readonly plan: StepPlan } | null = null;
  return {
    plans,
    outcomes,
    refresh: () => table.refresh(),
    appendPlan: async (plan) => {
      await table.append([planRow(plan)]);
      recent = { hash: hashOf(plan), plan };
    },
    readPlan: async (entry) => {
      if (recent?.hash === entry.hash) return recent.plan;
      const [stored] = await table.rows(["plan"], [entry.rowId]);
      const plan = StepPlan.safeParse(JSON.parse(z.string().catch("null").parse(stored?.row["plan"])));
      if (plan.success && hashOf(plan.data) === entry.hash) {
        recent = { hash: entry.hash, plan: plan.data };
        return plan.data;
      }
      throw new DamagedLogError(`table "steps": the plan of step ${entry.step} on branch "${entry.branch}" does not have its hash`);
    },
    appendOutcome: (plan, outcome) => table.append([outcomeRow(plan, outcome)]),
    readMetrics: async (entries) => {
      const texts = new Map((await table.rows(["metrics"], entries.map((entry) => entry.rowId))).map(({ id, row }) => [id, row["metrics"]]));
      return entries.map(({ branch, step, stage, iteration, rowId }) => IterationRecord.parse({ branch, step, stage, iteration, metrics: JSON.parse(String(texts.get(rowId))) }));
    },
    close: () => table.close(),
  };
}
