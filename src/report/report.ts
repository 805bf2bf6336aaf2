import { loadRunReport } from "./loadReport.ts";
import { renderPage } from "./page.ts";

/** The report of a run as one HTML document, from the run's log and configuration; a run that is still going has one too. */
export async function renderReport(runFolder: string): Promise<string> {
  return renderPage(await loadRunReport(runFolder));
}
