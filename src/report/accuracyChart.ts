import { scaleLinear, scalePoint } from "d3-scale";
import { percent } from "./format.ts";
import { cellText, headlineOf, type Headline } from "./headline.ts";
import { html, type Html } from "./html.ts";
import type { Evaluation, RunReport } from "./runReport.ts";

const width = 640;
const height = 230;
const margin = { top: 12, right: 40, bottom: 26, left: 50 };
/** Pixels between the marks of two pools at one checkpoint. */
const dodge = 12;

/** Accuracy at each checkpoint with its interval, one mark a pool; null when nothing was evaluated. */
export function accuracyChart(report: Pick<RunReport, "evaluations">): Html | null {
  const headline = headlineOf(report);
  if (headline.rows.length === 0) return null;
  const x = scalePoint(headline.columns, [margin.left, width - margin.right]).padding(0.3);
  const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
  return html`<figure class="chart wide">
    <figcaption><strong>Accuracy by checkpoint</strong> <span>Share of answers judged fully right, with its interval.</span></figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(headline)}">
      ${[0, 0.25, 0.5, 0.75, 1].map((tick) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${margin.left - 6}" y="${y(tick) + 4}" text-anchor="end">${percent(tick).replace(".0", "")}</text>`)}
      ${headline.columns.map((column) => html`<text class="tick" x="${x(column) ?? 0}" y="${height - 8}" text-anchor="middle">${column}</text>`)}
      ${headline.rows.map((row, pool) => row.cells.map((cell, column) => mark(cell, pool, (x(headline.columns[column] ?? "") ?? 0) + dodge * (pool - (headline.rows.length - 1) / 2), y)))}
    </svg>
    <ul class="legend">${headline.rows.map((row, pool) => html`<li><svg class="mark" viewBox="0 0 24 8" aria-hidden="true"><circle class="dot-${pool + 1}" cx="12" cy="4" r="4"/></svg>${row.pool}</li>`)}</ul>
  </figure>`;
}

function mark(cell: Evaluation | null, pool: number, x: number, y: (share: number) => number): Html | null {
  if (cell === null || cell.accuracy === null) return null;
  const { accuracy, low, high } = cell;
  return html`<g><title>${cell.pool}: ${cellText(cell)}</title>
    ${low !== null && high !== null && html`<line class="whisker line-${pool + 1}" stroke-dasharray="none" x1="${x}" x2="${x}" y1="${y(low)}" y2="${y(high)}"/>`}
    <circle class="dot-${pool + 1}" cx="${x}" cy="${y(accuracy)}" r="4"/></g>`;
}

function describe({ columns, rows }: Headline): string {
  return rows
    .map(
      (row) =>
        `${row.pool}: ${row.cells.map((cell, column) => `${columns[column] ?? ""} ${cellText(cell)}`).join(", ")}`,
    )
    .join("; ");
}
