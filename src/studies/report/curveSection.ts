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

/** Where several runs lie at each point that all of them have. */
export function bandOf(cells: readonly StudyCell[], metric: string): { points: BandPoint[]; runs: number } {
  const curves = cells.flatMap(({ outcome }) => {
    const values = outcome?.curve.metrics[metric];
    return values === undefined || outcome === null ? [] : [{ values, every: outcome.curve.every }];
  });
  const length = Math.max(0, ...curves.map(({ values }) => values.length));
  const points = Array.from({ length }, (_, index): BandPoint[] => {
    const values = curves.flatMap((curve) => curve.values[index] ?? []);
    const sorted = Float64Array.from(values).toSorted();
    const every = curves[0]?.every ?? 1;
    return sorted.length === 0
      ? []
      : [
          {
            x: (index + 0.5) * every,
            middle: quantile(sorted, 0.5),
            low: quantile(sorted, 0.25),
            high: quantile(sorted, 0.75),
          },
        ];
  });
  return { points: points.flat(), runs: curves.length };
}
