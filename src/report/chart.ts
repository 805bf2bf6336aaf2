import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { short } from "./format.ts";
import { html, type Html } from "./html.ts";

/** One curve: x is the iteration counted over the whole run, y may be missing. */
export interface Series {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
  /** Ends of the value's interval, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
}

/** A labelled part of the x axis. */
export interface Band {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

export interface LineChart {
  readonly title: string;
  /** What the curve tells, in one sentence. */
  readonly note: string;
  readonly series: readonly Series[];
  readonly bands: readonly Band[];
  /** Fixed ends of the y axis; null is taken from the data. */
  readonly low: number | null;
  readonly high: number | null;
  /** Words at a whole number of the x axis; the number itself without it. */
  readonly tickLabel?: (x: number) => string;
}

const width = 440;
const height = 200;
const margin = { top: 18, right: 12, bottom: 24, left: 52 };

/** A figure with an SVG line chart, coloured by the page's style sheet; null when no series has a value. */
export function lineChart(chart: LineChart): Html | null {
  const series = chart.series.filter((one) => one.points.some((point) => point.y !== null));
  const values = series.flatMap((one) => one.points.flatMap((point) => (point.y === null ? [] : [point.y])));
  if (values.length === 0) return null;
  const x = scaleLinear(xDomain(series), [margin.left, width - margin.right]);
  const y = scaleLinear(yDomain(values, chart), [height - margin.bottom, margin.top]).nice(4);
  return html`<figure class="chart">
    <figcaption><strong>${chart.title}</strong> <span>${chart.note}</span></figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(chart.title, series)}">
      ${chart.bands.map((band, index) => bandMark(band, index, x))}
      ${y.ticks(4).map((tick) => gridLine(tick, y(tick)))}
      ${x
        .ticks(5)
        .filter(Number.isInteger)
        .map(
          (tick) =>
            html`<text class="tick" x="${x(tick)}" y="${height - 8}" text-anchor="middle">${chart.tickLabel?.(tick) ?? tick}</text>`,
        )}
      ${series.map((one, index) => whiskers(one, index, x, y))}
      ${series.length === 1 ? series.map((one) => noisyCurve(one, chart.bands, x, y)) : series.map((one, index) => curve(smoothed(one, chart.bands), index, x, y))}
    </svg>
    ${series.length > 1 && html`<ul class="legend">${series.map((one, index) => html`<li>${legendMark(index)}${one.name}</li>`)}</ul>`}
  </figure>`;
}

/** A piece of the curve as it is drawn, dashes included, so that curves are told apart without colours. */
export function legendMark(index: number): Html {
  return html`<svg class="mark" viewBox="0 0 24 6" aria-hidden="true"><path class="line-${index + 1}" d="M0,3H24"/></svg>`;
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function bandMark(band: Band, index: number, x: Scale): Html {
  const left = x(band.start);
  const right = x(band.end);
  return html`<rect class="band-${index % 2}" x="${left}" y="${margin.top}" width="${Math.max(right - left, 0)}" height="${height - margin.top - margin.bottom}"/>
    <text class="tick" x="${(left + right) / 2}" y="12" text-anchor="middle">${band.label}</text>`;
}

function gridLine(tick: number, position: number): Html {
  return html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${position}" y2="${position}"/>
    <text class="tick" x="${margin.left - 6}" y="${position + 4}" text-anchor="end">${short(tick)}</text>`;
}

/** A lone curve shows its values faintly behind their moving average. */
function noisyCurve(series: Series, bands: readonly Band[], x: Scale, y: Scale): Html {
  return html`<g class="faint">${curve(series, 0, x, y)}</g>${curve(smoothed(series, bands), 0, x, y)}`;
}

/** The moving average over about a tenth of the run; short runs are shown as they are. No average mixes two bands. */
export function smoothed(series: Series, bands: readonly Band[]): Series {
  const window = Math.floor(series.points.length / 20);
  if (window < 2) return series;
  const bandOf = ({ x }: CurvePoint): number => bands.findIndex(({ start, end }) => x >= start && x <= end);
  const parts: CurvePoint[][] = [];
  for (const [index, point] of series.points.entries()) {
    const before = series.points[index - 1];
    if (before !== undefined && bandOf(before) === bandOf(point)) parts.at(-1)?.push(point);
    else parts.push([point]);
  }
  return { ...series, points: parts.flatMap((points) => movingAverage(points, window)) };
}

/** The interval of each point that has one. */
function whiskers({ points }: Series, index: number, x: Scale, y: Scale): Html {
  const known = points.flatMap(({ x: place, low, high }) =>
    low === undefined || high === undefined ? [] : [{ place, low, high }],
  );
  return html`${known.map(({ place, low, high }) => html`<line class="whisker line-${index + 1}" x1="${x(place)}" x2="${x(place)}" y1="${y(low)}" y2="${y(high)}"/>`)}`;
}

/** Mean of the known values up to `window` places to either side; a missing value stays missing. */
export function movingAverage(points: readonly CurvePoint[], window: number): CurvePoint[] {
  return points.map(({ x, y }, index) => {
    const near = points
      .slice(Math.max(0, index - window), index + window + 1)
      .flatMap((point) => (point.y === null ? [] : [point.y]));
    return { x, y: y === null ? null : near.reduce((sum, value) => sum + value, 0) / near.length };
  });
}

function curve(series: Series, index: number, x: Scale, y: Scale): Html {
  const draw = line<CurvePoint>()
    .defined((point) => point.y !== null)
    .x((point) => x(point.x))
    .y((point) => y(point.y ?? 0))
    .digits(1);
  const { points } = series;
  return html`<path class="line-${index + 1}" d="${draw([...points]) ?? ""}"><title>${series.name}</title></path>${lonePoints(
    points,
  ).map((point) => html`<circle class="dot-${index + 1}" cx="${x(point.x)}" cy="${y(point.y)}" r="3"/>`)}`;
}

/** Known values without a known neighbour: no line passes through them. */
function lonePoints(points: readonly CurvePoint[]): { readonly x: number; readonly y: number }[] {
  const isKnown = (index: number): boolean => (points[index]?.y ?? null) !== null;
  return points.flatMap(({ x, y }, index) =>
    y === null || isKnown(index - 1) || isKnown(index + 1) ? [] : [{ x, y }],
  );
}

function xDomain(series: readonly Series[]): [number, number] {
  const positions = series.flatMap((one) => one.points.map((point) => point.x));
  const low = Math.min(...positions);
  return [low, Math.max(...positions, low + 1)];
}

function yDomain(values: readonly number[], chart: LineChart): [number, number] {
  const low = chart.low ?? Math.min(...values);
  const high = chart.high ?? Math.max(...values);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function describe(title: string, series: readonly Series[]): string {
  const parts = series.map((one) => {
    const values = one.points.flatMap((point) => (point.y === null ? [] : [point.y]));
    return `${one.name} from ${short(values[0] ?? null)} to ${short(values.at(-1) ?? null)}`;
  });
  return `${title}: ${parts.join("; ")}`;
}
