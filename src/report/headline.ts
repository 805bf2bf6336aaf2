import { percent } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { Evaluation, RunReport } from "./runReport.ts";
import { numeric, table } from "./htmlTable.ts";

/** Accuracy by pool and checkpoint; the one table that says what came out. */
export interface Headline {
  /** "base", "after reasoner", … */
  readonly columns: readonly string[];
  readonly rows: readonly HeadlineRow[];
}

export interface HeadlineRow {
  readonly pool: string;
  /** Entry per column; null where nothing was evaluated. */
  readonly cells: readonly (Evaluation | null)[];
}

/** Arranges the evaluations by pool and stage. */
export function headlineOf({ evaluations }: Pick<RunReport, "evaluations">): Headline {
  const stages = [...new Set(evaluations.map((one) => one.stage))].toSorted((a, b) => a - b);
  const pools = [...new Set(evaluations.map((one) => one.pool))];
  return {
    columns: stages.map((stage) => checkpointOf(evaluations, stage)),
    rows: pools.map((pool) => ({
      pool,
      cells: stages.map((stage) => evaluations.findLast((one) => one.pool === pool && one.stage === stage) ?? null),
    })),
  };
}

/** What the checkpoint that ended a stage is called. */
export function checkpointOf(evaluations: readonly Evaluation[], stage: number): string {
  return evaluations.find((one) => one.stage === stage)?.checkpoint ?? "";
}

/** "86.2 % (80.1 to 91.0)"; a dash when nothing was evaluated. */
export function cellText(cell: Evaluation | null): string {
  if (cell === null || cell.accuracy === null) return "–";
  return cell.low === null || cell.high === null
    ? percent(cell.accuracy)
    : `${percent(cell.accuracy)} (${(100 * cell.low).toFixed(1)}–${(100 * cell.high).toFixed(1)})`;
}

const yardsticks: Readonly<Record<string, string>> = {
  "baseline/majority": "always giving the commonest training answer",
  "retrieval/recall@5": "recall@5 of each question's own abstract",
};

/** What a pool's accuracies are to be read beside, in words; nothing where no such figure was taken. */
export function yardsticksOf(row: HeadlineRow): string[] {
  const metrics = row.cells.findLast((cell) => cell !== null)?.metrics ?? {};
  return Object.entries(yardsticks).flatMap(([name, words]) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${words}: ${percent(value)}`];
  });
}

/** The table as markup. */
export function headlineTable(report: RunReport): Html {
  const { columns, rows } = headlineOf(report);
  if (rows.length === 0) return html`<p>No checkpoint has been evaluated yet.</p>`;
  const accuracies = table({
    caption: "Accuracy by pool of questions and checkpoint, with intervals",
    className: "headline",
    columns: [{ title: "Accuracy on" }, numeric("questions"), ...columns.map(numeric)],
    groups: [
      {
        title: null,
        rows: rows.map((row) => [
          row.pool,
          row.cells.find((cell) => cell !== null)?.questions ?? null,
          ...row.cells.map(headlineCell),
        ]),
      },
    ],
  });
  return html`${accuracies}
  ${rows.map((row) => yardsticksOf(row).length > 0 && html`<p>Beside ${row.pool}: ${yardsticksOf(row).join("; ")}.</p>`)}`;
}

function headlineCell(cell: Evaluation | null): Html {
  const interval =
    cell !== null &&
    cell.low !== null &&
    cell.high !== null &&
    html`<small>${(100 * cell.low).toFixed(1)} – ${(100 * cell.high).toFixed(1)}</small>`;
  return html`${percent(cell?.accuracy ?? null)}${interval}`;
}
