import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { baselineLines } from "../report/baselineSection.ts";
import { cellText, headlineOf, yardsticksOf } from "../report/headline.ts";
import { loadRunReport } from "../report/loadReport.ts";
import type { RunReport } from "../report/runReport.ts";
import { printJson } from "../output/terminal.ts";

export interface ResultOutput {
  /** One JSON object on standard output instead of the table. */
  readonly json: boolean;
  readonly say: (line: string) => void;
}

/** Ends a run at the terminal: the table of accuracies and where the report lies. */
export async function printResult(runFolder: string, output: ResultOutput): Promise<void> {
  const report = await loadRunReport(runFolder);
  if (output.json) {
    printJson({
      run: report.configuration.run,
      report: reportFile(runFolder),
      evaluations: report.evaluations,
      ...(report.baselines.length > 0 && { baselines: report.baselines }),
    });
    return;
  }
  output.say("");
  for (const line of resultTable(report)) output.say(line);
  output.say(`\nReport: ${pathToFileURL(reportFile(runFolder)).href}`);
}

function reportFile(runFolder: string): string {
  return join(runFolder, "report.html");
}

/** The headline as aligned lines of text. */
export function resultTable(report: RunReport): string[] {
  const { columns, rows } = headlineOf(report);
  const cells = [["accuracy", ...columns], ...rows.map((row) => [row.pool, ...row.cells.map(cellText)])];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const beside = rows.flatMap((row) => yardsticksOf(row).map((yardstick) => `Beside ${row.pool}: ${yardstick}`));
  return [
    ...cells.map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    ),
    ...beside,
    ...baselineLines(report.baselines),
  ];
}
