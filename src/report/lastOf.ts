import type { RunReport } from "./runReport.ts";

/** A metric in the last iteration that has it; null where none has. */
export function lastOf(report: RunReport, metric: string): number | null {
  return report.iterations.findLast((row) => row.metrics[metric] !== undefined)?.metrics[metric] ?? null;
}
