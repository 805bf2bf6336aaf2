import type { NightlyComparison } from "../evaluation/nightlyComparison.ts";
import { lineChart, type LineChart } from "./chart.ts";
import { percent, points } from "./format.ts";
import { html, type Html } from "./html.ts";
import { renderShell } from "./shell.ts";
import { numeric, table, type Row } from "./htmlTable.ts";

const dayMilliseconds = 86_400_000;

/** The page of nightly evaluations: what got worse, then a curve for each run and pool, and every evaluation with its change since the one before. */
export function renderRegressionReport(comparisons: readonly NightlyComparison[]): string {
  const curves = new Map<string, NightlyComparison[]>();
  for (const one of comparisons) {
    const key = `${one.run}, ${one.pool}`;
    curves
      .set(key, curves.get(key) ?? [])
      .get(key)
      ?.push(one);
  }
  const body = html`<header><h1>Nightly evaluation</h1>${summary(comparisons)}</header>
    <main>${[...curves].map(([title, nights]) => section(title, nights))}</main>`;
  return renderShell({ title: "Nightly evaluation", body });
}

/** Regressions of the newest nightly evaluation, and how many there were before. */
function summary(comparisons: readonly NightlyComparison[]): Html {
  const newest = comparisons
    .map(({ night }) => night)
    .toSorted()
    .at(-1);
  if (newest === undefined) return html`<p>There has been no nightly evaluation yet.</p>`;
  const tonight = comparisons.filter(({ night }) => night === newest);
  const worse = tonight.filter(({ regression }) => regression);
  const earlier = comparisons.filter(({ night, regression }) => regression && night !== newest).length;
  const asked = `${tonight.length} ${tonight.length === 1 ? "evaluation" : "evaluations"} in the newest nightly evaluation, ${newest}`;
  return html`${worse.length === 0 ? html`<p class="flag fine">No regression among ${asked}.</p>` : worse.map((one) => html`<p class="flag">Regression on ${newest}: ${one.run}, ${one.pool}, ${changeText(one)}.</p>`)}
    <p>${worse.length} of ${asked}, got worse; ${earlier} in earlier ones. A regression is a change whose whole interval lies below zero.</p>`;
}

function section(title: string, nights: readonly NightlyComparison[]): Html {
  return html`<section><h2>${title}</h2>${lineChart(chart(title, nights))}
    ${table({
      caption: `Nightly evaluations of ${title}, newest first`,
      columns: [
        { title: "night" },
        numeric("step"),
        { title: "accuracy, interval" },
        { title: "change, interval" },
        { title: "sign" },
      ],
      groups: [{ title: null, rows: nights.toReversed().map(row) }],
    })}</section>`;
}

function chart(title: string, nights: readonly NightlyComparison[]): LineChart {
  const series = [
    {
      name: "accuracy",
      points: nights.flatMap(({ night, accuracy }) =>
        accuracy === null
          ? []
          : [{ x: Date.parse(night) / dayMilliseconds, y: accuracy.mean, low: accuracy.low, high: accuracy.high }],
      ),
    },
  ];
  return {
    title,
    note: "Accuracy of each nightly evaluation, with its interval.",
    series,
    bands: [],
    low: 0,
    high: 1,
    tickLabel: (day) => new Date(day * dayMilliseconds).toISOString().slice(0, 10),
  };
}

function row(one: NightlyComparison): Row {
  const { night, step, accuracy, ungraded, regression } = one;
  const share =
    accuracy === null ? "–" : `${percent(accuracy.mean)} (${percent(accuracy.low)} to ${percent(accuracy.high)})`;
  return [
    night,
    step,
    `${share}${ungraded === 0 ? "" : `, ${ungraded} not graded`}`,
    changeText(one),
    regression && "regression",
  ];
}

function changeText({ change }: NightlyComparison): string {
  return change === null
    ? "–"
    : `${points(change.mean)} points (${points(change.low)} to ${points(change.high)}) since ${change.since}`;
}
