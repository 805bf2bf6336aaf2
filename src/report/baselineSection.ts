import { dialects } from "../engines/openai/dialects.ts";
import { cellText } from "./headline.ts";
import { html, type Html } from "./html.ts";
import { numeric, table } from "./htmlTable.ts";
import type { BaselineResult } from "./runReport.ts";

/** Other models on the run's pools; nothing for a run without baselines. */
export function baselineSection(results: readonly BaselineResult[]): Html | false {
  if (results.length === 0) return false;
  return html`${table({
    caption: "Baselines by pool of questions: other models on the same questions, with intervals",
    columns: [
      { title: "Baseline" },
      { title: "model, how it was asked" },
      { title: "accuracy on" },
      numeric("questions"),
      numeric("accuracy"),
      numeric("refused"),
      numeric("tokens in, out"),
      numeric("cost"),
    ],
    groups: [{ title: null, rows: results.map(row) }],
  })}
  <p>Baselines answer by the same protocol and search the same corpus. Their draws are not the run's: a server promises no equal ones. Refused responses count as wrong.</p>`;
}

function row({ baseline, evaluation }: BaselineResult) {
  const { metrics } = evaluation;
  const figure = (name: string): string => (metrics[name] ?? 0).toLocaleString("en-US");
  return [
    baseline.name,
    `${baseline.model} (${dialects[baseline.dialect].describe}; ${baseline.retrieval ? "with the run's tools" : "without retrieval"})`,
    evaluation.pool,
    evaluation.questions,
    cellText(evaluation),
    figure("service/refused"),
    `${figure("service/tokens/in")}, ${figure("service/tokens/out")}`,
    (metrics["service/cost"] ?? 0).toFixed(4),
  ];
}

/** The same as lines for a terminal. */
export function baselineLines(results: readonly BaselineResult[]): string[] {
  return results.map(
    ({ baseline, evaluation }) =>
      `Baseline ${baseline.name} (${baseline.model}${baseline.retrieval ? "" : ", without retrieval"}) on ${evaluation.pool}: ${cellText(evaluation)}`,
  );
}
