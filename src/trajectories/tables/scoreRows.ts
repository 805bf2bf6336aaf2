import type { Table as ArrowTable } from "apache-arrow";
import { RewardValues } from "../../domain/reward.ts";
import type { Score } from "../../domain/reward.ts";
import { hashOf } from "../canonical.ts";
import { columnReader } from "./columnReader.ts";
import type { Columns } from "./columns.ts";

/** Of runs that began before scores were stored with plans: beside the columns that every batch has; rows are in the order of the trajectories' batch. */
export const scoreColumns = {
  trajectoryBatch: "text",
  total: "number",
  correct: "flag",
  values: "json",
} as const satisfies Columns;

export function readScoreRows(table: ArrowTable): Score[] {
  const columns = columnReader(table);
  const [totals, correct, values] = [columns.numbers("total"), columns.flags("correct"), columns.texts("values")];
  return totals.map((total, row) => ({
    total,
    correct: correct[row] === true,
    values: RewardValues.parse(JSON.parse(values[row] ?? "")),
  }));
}

/** SHA-256 (hex) over the content in order. */
export function hashScores(scores: readonly Score[]): string {
  return hashOf(scores);
}
