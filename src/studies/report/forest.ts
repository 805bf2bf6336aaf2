import { scaleLinear } from "d3-scale";
import { points } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import type { ComparisonRow } from "../summaryTypes.ts";
import { differenceText, pText } from "./wording.ts";

/** A row of a forest plot: a comparison and what it is called there. */
export interface ForestRow {
  readonly label: string;
  readonly row: ComparisonRow;
}

const width = 220;
const height = 22;

/** Differences with their intervals on one scale, a row each; 0 is a line. Missing pairs are counted beside each. */
export function forest(caption: string, first: string, rows: readonly ForestRow[]): Html {
  const ends = rows.flatMap(({ row: { difference } }) =>
    difference === null ? [] : [difference.mean, difference.low ?? 0, difference.high ?? 0],
  );
  const reach = Math.max(0.05, ...ends.map(Math.abs));
  const x = scaleLinear([-reach, reach], [6, width - 6]);
  return table({
    caption,
    columns: [
      { title: first },
      numeric("difference (interval), points"),
      { title: `${points(-reach)} … 0 … ${points(reach)}` },
      numeric("p, corrected"),
      numeric("pairs"),
      numeric("missing"),
    ],
    groups: [
      {
        title: null,
        rows: rows.map(({ label, row }) => [
          label,
          differenceText(row.difference),
          mark(row, x),
          pText(row.adjusted),
          row.pairs,
          row.missing.length,
        ]),
      },
    ],
  });
}

function mark({ a, b, difference }: ComparisonRow, x: (value: number) => number): Html | null {
  if (difference === null) return null;
  const { mean, low, high } = difference;
  const middle = height / 2;
  return html`<svg class="forest" viewBox="0 0 ${width} ${height}" role="img" aria-label="${a} − ${b}: ${differenceText(difference)}">
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}"/>
    ${low !== null && high !== null && html`<line class="whisker line-1" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}"/>`}
    <circle class="dot-1" cx="${x(mean)}" cy="${middle}" r="4"/></svg>`;
}
