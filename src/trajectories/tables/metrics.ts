import { z } from "zod";
import type { Row } from "../appendTable.ts";
import type { IterationRecord } from "../records.ts";
import type { Columns } from "./columns.ts";

/** One row per metric of a step; they count when the step has an outcome of the same plan. */
export const metricColumns = {
  writeId: "text",
  branch: "text",
  step: "integer",
  stage: "integer",
  iteration: "integer",
  planHash: "text",
  name: "text",
  value: "number",
} as const satisfies Columns;

export const MetricRow = z.object({
  writeId: z.string(),
  branch: z.string(),
  step: z.number(),
  stage: z.number(),
  iteration: z.number(),
  planHash: z.string(),
  name: z.string(),
  value: z.number(),
});
export type MetricRow = z.infer<typeof MetricRow>;

export function metricRows(record: IterationRecord, planHash: string, writeId: string): Row[] {
  const { metrics, ...address } = record;
  return Object.entries(metrics).map(([name, value]) => ({ writeId, ...address, planHash, name, value }));
}
