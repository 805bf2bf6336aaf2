import { quantile } from "../../evaluation/statistics.ts";
import { html, type Html } from "../../report/html.ts";
import type { StudyCell, StudyResult } from "../studyResult.ts";
import { bandChart, type BandPoint } from "./bandChart.ts";
import { plural } from "./wording.ts";

/** Metrics of training that are shares, with what they are called. */
const shown: readonly (readonly [string, string])[] = [
  ["accuracy", "Accuracy in training"],
  ["search/filter_share", "Searches that ask for a band of evidence"],
];

/** For each regime and arm the curves of its runs: the median run and the middle half. */
export function curveSection({ study, cells }: Pick<StudyResult, "study" | "cells">): Html {
  const end = cells.reduce((most, { outcome }) => Math.max(most, outcome?.updates ?? 0), 0);
  const figuresOf = (regime: string, metric: string): Html[] =>
    study.arms.flatMap(({ name: arm }) => {
      const { points, runs } = bandOf(
        cells.filter((cell) => cell.arm === arm && cell.regime === regime),
        metric,
      );
      return points.length === 0 ? [] : [bandChart({ title: arm, note: plural(runs, "run"), points, end })];
    });
  const charts = study.regimes.flatMap(({ name: regime }, index) => {
    const parts = shown.flatMap(([metric, title]) => {
      const figures = figuresOf(regime, metric);
      return figures.length === 0 ? [] : [html`<h3>${title}</h3><div class="charts small">${figures}</div>`];
    });
    if (parts.length === 0) return [];
    return [
      html`<details${index === 0 && html` open`}><summary>Regime ${regime}</summary><div>${parts}</div></details>`,
    ];
  });
  if (charts.length === 0) return html`<p>No run has been trained yet.</p>`;
  return html`<p>By update: the median of an arm's runs and the half of them that lies around it. Accuracy is on the questions of each update, before it.</p>${charts}`;
}

/**
 * Where several runs lie, update by update: at the middle of each stretch of the coarsest curve's, as far as all of them were trained. A long run's
 * curve has fewer points to the update than a short one's. A run that has no value there, as of searches where none were made, is left out there.
 */
export function bandOf(cells: readonly StudyCell[], metric: string): { points: BandPoint[]; runs: number } {
  const curves = cells.flatMap(({ outcome }) => {
    const values = outcome?.curve.metrics[metric];
    return values === undefined || outcome === null
      ? []
      : [{ values, every: outcome.curve.every, updates: outcome.updates }];
  });
  const every = Math.max(1, ...curves.map((curve) => curve.every));
  const shared = curves.length === 0 ? 0 : Math.min(...curves.map(({ updates }) => updates));
  const length = Math.ceil(shared / every);
  const points = Array.from({ length }, (_, index): BandPoint[] => {
    const start = index * every;
    const x = (start + Math.min(start + every, shared)) / 2;
    const values = curves.flatMap((curve) => curve.values[Math.floor(x / curve.every)] ?? []);
    const sorted = Float64Array.from(values).toSorted();
    return sorted.length === 0
      ? []
      : [
          {
            x,
            middle: quantile(sorted, 0.5),
            low: quantile(sorted, 0.25),
            high: quantile(sorted, 0.75),
          },
        ];
  });
  return { points: points.flat(), runs: curves.length };
}
