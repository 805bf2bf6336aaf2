import { html, type Html, type HtmlPart } from "./html.ts";

/** A column of a table; numbers are aligned to the right. */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** Rows under one heading; null for rows that need none. */
export interface RowGroup {
  readonly title: string | null;
  readonly rows: readonly Row[];
}

/** One cell a column; the first one names the row. */
export type Row = readonly HtmlPart[];

export interface Table {
  /** Says what the table shows: read out by screen readers, and the name of the scroll box. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
  readonly className?: string;
}

/** A column of numbers. */
export function numeric(title: string): Column {
  return { title, numeric: true };
}

/** A table whose headings name their cells, in a box that scrolls sideways by keyboard too. */
export function table({ caption, columns, groups, className = "" }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="${className}"><caption>${caption}</caption>
    <thead><tr>${columns.map(heading)}</tr></thead>
    ${groups.map((group) => html`<tbody>${group.title !== null && html`<tr><th scope="rowgroup" colspan="${columns.length}">${group.title}</th></tr>`}${group.rows.map((row) => tableRow(row, columns))}</tbody>`)}
  </table></div>`;
}

function heading({ title, numeric: isNumeric }: Column): Html {
  return html`<th scope="col" class="${isNumeric === true ? "number" : ""}">${title}</th>`;
}

function tableRow(row: Row, columns: readonly Column[]): Html {
  const [name = null, ...cells] = row;
  return html`<tr><th scope="row">${name}</th>${cells.map((cell, index) => html`<td class="${columns[index + 1]?.numeric === true ? "number" : ""}">${cell}</td>`)}</tr>`;
}
