import type { NightComparison } from "../curriculum/nights.ts";
import { lineChart, type LineChart } from "./chart.ts";
import { percent, points } from "./format.ts";
import { html, rawHtml, type Html } from "./html.ts";
import { style } from "./style.ts";

/** The page of nightly evaluations: a curve for each run and pool, and every night with its change since the one before. */
export function renderTrends(comparisons: readonly NightComparison[]): string {
  const keys = [...new Set(comparisons.map(({ run, pool }) => `${run}, ${pool}`))];
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nightly evaluation</title><style>${rawHtml(style)}</style></head><body><main>
    <h1>Nightly evaluation</h1>
    ${keys.length === 0 ? html`<p>No night has been evaluated yet.</p>` : keys.map((key) => section(key, comparisons.filter(({ run, pool }) => `${run}, ${pool}` === key)))}
  </main></body></html>`;
  return page.text;
}

function section(title: string, nights: readonly NightComparison[]): Html {
  return html`<section><h2>${title}</h2>${lineChart(chart(title, nights))}
    <table><tr><th>night</th><th>step</th><th>accuracy</th><th>change, interval</th><th></th></tr>${nights.toReversed().map(row)}</table></section>`;
}

function chart(title: string, nights: readonly NightComparison[]): LineChart {
  const series = [{ name: "accuracy", points: nights.map(({ accuracy }, index) => ({ x: index + 1, y: accuracy.mean })) }];
  return { title, note: "Accuracy by night.", series, bands: [], low: 0, high: 1 };
}

function row({ night, step, accuracy, change, regression }: NightComparison): Html {
  return html`<tr><td>${night}</td><td class="number">${step}</td><td class="number">${percent(accuracy.mean)}</td>
    <td class="number">${change === null ? "–" : `${points(change.mean)} (${points(change.low)} to ${points(change.high)}) since ${change.since}`}</td><td>${regression && "regression"}</td></tr>`;
}
