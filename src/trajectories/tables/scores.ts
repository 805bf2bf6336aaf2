import type { Table as ArrowTable } from "apache-arrow";
import { RewardValues } from "../../domain/reward.ts";
import type { Score } from "../../domain/reward.ts";
import type { Row } from "../appendTable.ts";
import { hashOf } from "../canonical.ts";
import { cellReader } from "./cells.ts";
import type { Columns } from "./columns.ts";

/** Beside the columns that every batch has; rows are in the order of the trajectories' batch. */
export const scoreColumns = { trajectoryBatch: "text", total: "number", correct: "flag", values: "json" } as const satisfies Columns;

export function scoreRow(score: Score, trajectoryBatch: string): Row {
  return { trajectoryBatch, total: score.total, correct: score.correct, values: JSON.stringify(score.values) };
}

export function readScoreRows(table: ArrowTable): Score[] {
  const cells = cellReader(table);
  return Array.from({ length: table.numRows }, (_, row) => ({
    total: cells.number("total", row),
    correct: cells.flag("correct", row),
    values: RewardValues.parse(JSON.parse(cells.text("values", row))),
  }));
}

/** SHA-256 (hex) over the content in order. */
export function hashScores(scores: readonly Score[]): string {
  return hashOf(scores);
}
