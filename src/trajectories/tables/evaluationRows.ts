import { z } from "zod";
import { RewardValues } from "../../domain/reward.ts";
import type { Row } from "../arrowRows.ts";
import type { EvaluationRecord, QuestionResult } from "../records.ts";
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
} as const satisfies Columns;

export const EvaluationIndexRow = z.object({
  evaluationId: z.string(),
  branch: z.string(),
  step: z.number(),
  pool: z.string(),
  count: z.number(),
});

const EvaluationRow = z.object({
  questionId: z.string(),
  cluster: z.string(),
  sample: z.number(),
  correct: z.boolean().nullable(),
  total: z.number(),
  values: z.string().transform((text) => RewardValues.parse(JSON.parse(text))),
});

export function evaluationRows(evaluation: EvaluationRecord, evaluationId: string): Row[] {
  const { branch, step, pool, results } = evaluation;
  const metrics = JSON.stringify(evaluation.metrics);
  return results.map((result) => ({
    evaluationId,
    branch,
    step,
    pool,
    count: results.length,
    ...result,
    values: JSON.stringify(result.values),
    metrics,
  }));
}

export function readResult(row: unknown): QuestionResult {
  return EvaluationRow.parse(row);
}

export function readMetrics(row: Row): Record<string, number> {
  return z.record(z.string(), z.number()).parse(JSON.parse(z.string().parse(row["metrics"])));
}
