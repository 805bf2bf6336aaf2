import { join } from "node:path";
import { writeAtomically } from "../src/files/atomicWrite.ts";
import { renderReport } from "../src/report/report.ts";
import { rewriteMetricsFile } from "../src/trajectories/export.ts";
import type { Workspace } from "./workspace.ts";

const reportFile = "report.html";

export interface ReportActivities {
  /** Writes the report, and the metrics file anew from the log; returns the report's path relative to the run's folder. */
  writeReport(input: { readonly run: string }): Promise<{ readonly file: string }>;
}

export function createReportActivities(workspace: Workspace): ReportActivities {
  return {
    writeReport: async ({ run: name }) => {
      const { folder, log, requireClaim } = await workspace.run(name);
      await requireClaim();
      await rewriteMetricsFile(log);
      const page = await renderReport(folder);
      await workspace.durably("writeReport", () => writeAtomically(join(folder, reportFile), page));
      return { file: reportFile };
    },
  };
}
