import { z } from "zod";
import { RewardValues } from "../../domain/reward.ts";
import type { Row } from "../arrowRows.ts";
import { EvaluationUsage, type EvaluationRecord, type QuestionResult } from "../records.ts";
import { noUsage } from "../../domain/usage.ts";
import type { Columns } from "./columns.ts";

/** One row per answer; `metrics` belongs to the whole evaluation and is the same in its rows. */
export const evaluationColumns = {
  evaluationId: "text",
  branch: "text",
  step: "integer",
  pool: "text",
  count: "integer",
  questionId: "text",
  cluster: "text",
  sample: "integer",
  correct: "flag?",
  total: "number",
  values: "json",
  metrics: "json",
  /** Usage of the whole evaluation, the same in each of its rows. */
  usage: "json",
} as const satisfies Columns;

export const EvaluationIndexRow = z.object({
  evaluationId: z.string(),
  branch: z.string(),
  step: z.number(),
  pool: z.string(),
  count: z.number(),
  usage: z.string().transform((text) => EvaluationUsage.parse(JSON.parse(text))),
});

const EvaluationRow = z.object({
  questionId: z.string(),
  cluster: z.string(),
  sample: z.number(),
  correct: z.boolean().nullable(),
  total: z.number(),
  values: z.string().transform((text) => RewardValues.parse(JSON.parse(text))),
});

/** The rows of an evaluation, one per answer; `evaluationId` ties them together. */
export function evaluationRows(evaluation: EvaluationRecord, evaluationId: string): Row[] {
  const { branch, step, pool, results } = evaluation;
  const metrics = JSON.stringify(evaluation.metrics);
  const usage = JSON.stringify(evaluation.usage ?? { ...noUsage, money: 0 });
  return results.map((result) => ({
    evaluationId,
    branch,
    step,
    pool,
    count: results.length,
    ...result,
    values: JSON.stringify(result.values),
    metrics,
    usage,
  }));
}

/** The answer of a stored row. Throws for a row of another shape. */
export function readResult(row: unknown): QuestionResult {
  return EvaluationRow.parse(row);
}

/** The evaluation's metrics by name, as each of its rows has them. */
export function readMetrics(row: Row): Record<string, number> {
  return z.record(z.string(), z.number()).parse(JSON.parse(z.string().parse(row["metrics"])));
}
