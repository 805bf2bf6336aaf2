import { randomUUID } from "node:crypto";
import { idRange } from "./appendTable.ts";
import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import type { PolicyAddress } from "../domain/address.ts";
import { EvaluationRecord, type EvaluationUsage } from "./records.ts";
import { openRecordTable } from "./recordTable.ts";
import {
  evaluationColumns,
  EvaluationIndexRow,
  evaluationRows,
  readMetrics,
  readResult,
} from "./tables/evaluationRows.ts";
import { refuseUnreadable } from "./unreadable.ts";

export interface EvaluationTable {
  /** Throws RangeError for one that could not be read again. */
  append(evaluation: EvaluationRecord): Promise<void>;
  /** The first complete evaluation of a policy on a pool. */
  find(address: PolicyAddress, pool: string): Promise<EvaluationRecord | null>;
  /** Policies and pools with a complete evaluation and what each took, in table order. */
  list(): Promise<readonly (PolicyAddress & { readonly pool: string; readonly usage: EvaluationUsage })[]>;
  close(): void;
}

interface StoredEvaluation extends PolicyAddress {
  readonly pool: string;
  readonly start: number;
  readonly count: number;
  readonly usage: EvaluationUsage;
}

/** Opens the table `evaluations`, which is made when it is missing. Incomplete evaluations do not count. */
export async function openEvaluationTable(database: Database): Promise<EvaluationTable> {
  const first = new Map<string, StoredEvaluation>();
  const known = new Set<string>();
  const takeRow = (row: Row, id: number): void => {
    const { evaluationId, branch, step, pool, count, usage } = EvaluationIndexRow.parse(row);
    if (known.has(evaluationId)) return;
    known.add(evaluationId);
    const key = keyOf({ branch, step }, pool);
    if (!first.has(key)) first.set(key, { branch, step, pool, count, usage, start: id });
  };
  const table = await openRecordTable(database, {
    name: "evaluations",
    columns: evaluationColumns,
    indexed: Object.keys(EvaluationIndexRow.shape),
    takeRow,
  });
  return {
    append: async (evaluation) => {
      if (evaluation.results.length === 0)
        throw new RangeError(`an evaluation on pool "${evaluation.pool}" needs at least one result`);
      refuseUnreadable(`the evaluation on pool "${evaluation.pool}"`, EvaluationRecord, evaluation);
      await table.append(evaluationRows(evaluation, randomUUID()));
    },
    find: async (address, pool) => {
      await table.refresh();
      const stored = first.get(keyOf(address, pool));
      if (stored === undefined) return null;
      const rows = (await table.rows(Object.keys(evaluationColumns), idRange(stored.start, stored.count))).map(
        ({ row }) => row,
      );
      return { ...address, pool, results: rows.map(readResult), metrics: readMetrics(rows[0] ?? {}) };
    },
    list: async () => {
      await table.refresh();
      return [...first.values()].map(({ branch, step, pool, usage }) => ({ branch, step, pool, usage }));
    },
    close: () => table.close(),
  };
}

function keyOf({ branch, step }: PolicyAddress, pool: string): string {
  return JSON.stringify([branch, step, pool]);
}
