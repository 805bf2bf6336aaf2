import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { StepOutcome, StepPlan } from "../domain/step.ts";
import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import { hashOf } from "./canonical.ts";
import { DamagedLogError } from "./damage.ts";
import { addressKey } from "./history.ts";
import type { OutcomeEntry, PlanEntry } from "./history.ts";
import { IterationRecord } from "./records.ts";
import type { BatchScores } from "./records.ts";
import { openRecordTable } from "./recordTable.ts";
import { hashScores } from "./tables/scoreRows.ts";
import { outcomeRow, planRow, ScoredPlan, stepColumns, StepIndexRow } from "./tables/stepRows.ts";

/** Plans kept in memory after they were used. */
const cachedPlans = 4;

export interface StepTable {
  readonly plans: ReadonlyMap<string, readonly PlanEntry[]>;
  /** The first outcome at each address. */
  readonly outcomes: ReadonlyMap<string, OutcomeEntry>;
  refresh(): Promise<void>;
  /** A plan and the scores that it was made from, in one row. */
  appendPlan(plan: StepPlan, scored: readonly BatchScores[]): Promise<void>;
  readPlan(entry: PlanEntry): Promise<StepPlan>;
  /** The scores stored with a plan; null in runs that began earlier. Throws when count or hash are not those of the plan's receipts. */
  readScores(entry: PlanEntry): Promise<readonly BatchScores[] | null>;
  appendOutcome(plan: StepPlan, outcome: StepOutcome): Promise<void>;
  readMetrics(entries: readonly OutcomeEntry[]): Promise<IterationRecord[]>;
  close(): void;
}

interface StoredPlan {
  readonly plan: StepPlan;
  readonly scored: readonly BatchScores[] | null;
  /** Whether the scores were found to be those of the plan's receipts. */
  verified: boolean;
}

export async function openStepTable(database: Database): Promise<StepTable> {
  const plans = new Map<string, PlanEntry[]>();
  const outcomes = new Map<string, OutcomeEntry>();
  const takeRow = (row: Row, id: number): void => {
    const { kind, revision, planHash, stateHash, fingerprint, ...address } = StepIndexRow.parse(row);
    const key = addressKey(address);
    if (kind === "plan")
      plans.set(key, [...(plans.get(key) ?? []), { ...address, revision, hash: planHash, rowId: id }]);
    else if (!outcomes.has(key))
      outcomes.set(key, { ...address, planHash, stateHash: stateHash ?? "", fingerprint, rowId: id });
  };
  const table = await openRecordTable(database, {
    name: "steps",
    columns: stepColumns,
    indexed: Object.keys(StepIndexRow.shape),
    takeRow,
  });
  /** Plans written or read, by hash: the update follows the planning of the same step, and looks at its stage's first. */
  const recent = new LRUCache<string, StoredPlan>({ max: cachedPlans });
  const read = async (entry: PlanEntry): Promise<StoredPlan> => {
    const known = recent.get(entry.hash);
    if (known !== undefined) return known;
    const [row] = await table.rows(["plan"], [entry.rowId]);
    const parsed = ScoredPlan.safeParse(JSON.parse(z.string().catch("null").parse(row?.row["plan"])));
    const { scored = null, ...plan } = parsed.success ? parsed.data : { scored: null };
    if (!("branch" in plan) || hashOf(plan) !== entry.hash)
      throw new DamagedLogError(
        `table "steps": the plan of step ${entry.step} on branch "${entry.branch}" does not have its hash`,
      );
    const stored = { plan, scored, verified: false };
    recent.set(entry.hash, stored);
    return stored;
  };
  return {
    plans,
    outcomes,
    refresh: () => table.refresh(),
    appendPlan: async (plan, scored) => {
      await table.append([planRow(plan, scored)]);
      recent.set(hashOf(plan), { plan, scored, verified: false });
    },
    readPlan: async (entry) => (await read(entry)).plan,
    readScores: async (entry) => {
      const stored = await read(entry);
      if (stored.scored !== null && !stored.verified) verify(stored.plan, stored.scored);
      stored.verified = true;
      return stored.scored;
    },
    appendOutcome: (plan, outcome) => table.append([outcomeRow(plan, outcome)]),
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

function verify(plan: StepPlan, scored: readonly BatchScores[]): void {
  const whole = plan.scores.every(({ count, hash }, index) => {
    const scores = scored[index]?.scores ?? [];
    return scores.length === count && hashScores(scores) === hash;
  });
  if (!whole)
    throw new DamagedLogError(
      `table "steps": the scores of step ${plan.step} on branch "${plan.branch}" are not those of its plan`,
    );
}
