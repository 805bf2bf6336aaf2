import { z } from "zod";
import { StepOutcome, type StepPlan } from "../domain/step.ts";
import type { Usage } from "../domain/usage.ts";
import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import { hashOf } from "./canonical.ts";
import { DamagedLogError } from "./damage.ts";
import { addressKey } from "./history.ts";
import type { OutcomeEntry, PlanEntry } from "./history.ts";
import { IterationRecord } from "./records.ts";
import type { StepScores } from "./records.ts";
import { openRecordTable } from "./recordTable.ts";
import { refuseUnreadable } from "./unreadable.ts";
import { outcomeRow, PlanCell, planRow, stepColumns, StepIndexRow } from "./tables/stepRows.ts";

/** A plan and the scores that it was made from: one row. */
export interface ScoredPlan extends StepScores {
  readonly plan: StepPlan;
}

export interface StepTable {
  readonly plans: ReadonlyMap<string, readonly PlanEntry[]>;
  /** The first outcome at each address. */
  readonly outcomes: ReadonlyMap<string, OutcomeEntry>;
  refresh(): Promise<void>;
  /** Throws RangeError for a plan or scores that could not be read again. */
  appendPlan(plan: StepPlan, scored: StepScores, usage: Usage): Promise<void>;
  /** Throws DamagedLogError where the plan does not match its hash, or the scores do not match the plan. */
  read(entry: PlanEntry): Promise<ScoredPlan>;
  /** Throws RangeError for metrics that could not be read again. */
  appendOutcome(plan: StepPlan, outcome: StepOutcome): Promise<void>;
  readMetrics(entries: readonly OutcomeEntry[]): Promise<IterationRecord[]>;
  close(): void;
}

/** Opens the table `steps`, which is made when it is missing. */
export async function openStepTable(database: Database): Promise<StepTable> {
  const plans = new Map<string, PlanEntry[]>();
  const outcomes = new Map<string, OutcomeEntry>();
  const takeRow = (row: Row, id: number): void => {
    const { kind, revision, planHash, stateHash, fingerprint, usage, ...address } = StepIndexRow.parse(row);
    const key = addressKey(address);
    if (kind === "plan")
      plans.set(key, [...(plans.get(key) ?? []), { ...address, revision, hash: planHash, rowId: id, usage }]);
    else if (!outcomes.has(key))
      outcomes.set(key, { ...address, planHash, stateHash: stateHash ?? "", fingerprint, rowId: id, usage });
  };
  const table = await openRecordTable(database, {
    name: "steps",
    columns: stepColumns,
    indexed: Object.keys(StepIndexRow.shape),
    takeRow,
  });
  const read = async (entry: PlanEntry): Promise<ScoredPlan> => {
    const [row] = await table.rows(["plan"], [entry.rowId]);
    const parsed = PlanCell.safeParse(JSON.parse(z.string().catch("null").parse(row?.row["plan"])));
    if (!parsed.success || hashOf(parsed.data.plan) !== entry.hash)
      throw damaged(entry, "the plan", "does not have its hash");
    const { plan, scored } = parsed.data;
    if (hashOf(scored.scores) !== plan.scoresHash) throw damaged(entry, "the scores", "are not those of its plan");
    return { plan, ...scored };
  };
  return {
    plans,
    outcomes,
    refresh: () => table.refresh(),
    appendPlan: async (plan, scored, usage) => {
      refuseUnreadable(stepOf(plan), PlanCell, { plan, scored });
      await table.append([planRow(plan, scored, usage)]);
    },
    read,
    appendOutcome: async (plan, outcome) => {
      refuseUnreadable(stepOf(plan), StepOutcome, outcome);
      await table.append([outcomeRow(plan, outcome)]);
    },
    readMetrics: async (entries) => {
      const texts = new Map(
        (
          await table.rows(
            ["metrics"],
            entries.map((entry) => entry.rowId),
          )
        ).map(({ id, row }) => [id, row["metrics"]]),
      );
      return entries.map(({ branch, step, stage, iteration, rowId }) =>
        IterationRecord.parse({ branch, step, stage, iteration, metrics: JSON.parse(String(texts.get(rowId))) }),
      );
    },
    close: () => table.close(),
  };
}

function stepOf({ step, branch }: StepPlan): string {
  return `step ${step} of branch "${branch}"`;
}

function damaged({ step, branch }: PlanEntry, what: string, how: string): DamagedLogError {
  return new DamagedLogError(`table "steps": ${what} of step ${step} on branch "${branch}" ${how}`);
}
