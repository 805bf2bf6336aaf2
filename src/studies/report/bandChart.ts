import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { percent, short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";

/** The middle of several runs at one place, and where the middle half of them lies. */
export interface BandPoint {
  readonly x: number;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

export interface BandChart {
  readonly title: string;
  readonly note: string;
  readonly points: readonly BandPoint[];
  /** Right end of the x axis, so that charts side by side are read alike. */
  readonly end: number;
}

const width = 300;
const height = 150;
const margin = { top: 8, right: 10, bottom: 22, left: 40 };

/** Shares (0 … 1) of several runs over updates: the median as a line, the middle half of the runs as a band. */
export function bandChart({ title, note, points, end }: BandChart): Html {
  const x = scaleLinear([0, Math.max(1, end)], [margin.left, width - margin.right]);
  const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
  const band = area<BandPoint>()
    .x((point) => x(point.x))
    .y0((point) => y(point.low))
    .y1((point) => y(point.high))
    .digits(1);
  const middle = line<BandPoint>()
    .x((point) => x(point.x))
    .y((point) => y(point.middle))
    .digits(1);
  const last = points.at(-1);
  const words = last === undefined ? "no value" : `ends at ${percent(last.middle)}`;
  return html`<figure class="chart"><figcaption><strong>${title}</strong> <span>${note}</span></figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${words}">
      ${[0, 0.5, 1].map((tick) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${margin.left - 5}" y="${y(tick) + 4}" text-anchor="end">${percent(tick).replace(".0", "")}</text>`)}
      ${x.ticks(4).map((tick) => html`<text class="tick" x="${x(tick)}" y="${height - 6}" text-anchor="middle">${short(tick)}</text>`)}
      <path class="spread" d="${band([...points]) ?? ""}"/><path class="line-1" d="${middle([...points]) ?? ""}"/>
    </svg></figure>`;
}
