import type { PoolRetrieval } from "../benchmarks/retrievalSummary.ts";
import { html, rawHtml, type Html } from "./html.ts";
import { style } from "./style.ts";

/** The page of a retrieval benchmark: each pool's measures with their intervals, then every question, worst first. */
export function renderRetrieval(title: string, pools: readonly PoolRetrieval[]): string {
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title><style>${rawHtml(style)}</style></head><body><main>
    <h1>${title}</h1>
    <p>How well questions find their gold titles by their own text. Intervals are 95 %, over questions. <a href="report.html">The run's report</a>.</p>
    ${pools.length === 0 ? html`<p>No question of this data set names gold titles.</p>` : pools.map(section)}
  </main></body></html>`;
  return page.text;
}

function section({ pool, questions, measures, byQuestion }: PoolRetrieval): Html {
  const worstFirst = byQuestion.toSorted((a, b) => a.ndcg - b.ndcg || (a.question.id < b.question.id ? -1 : 1));
  return html`<section><h2>${pool}, ${questions} questions</h2>
    <table><tr><th>measure</th><th>mean</th><th>interval</th></tr>${Array.from(measures, ([name, { mean, low, high }]) => html`<tr><td>${name}</td><td class="number">${mean.toFixed(3)}</td><td class="number">${low.toFixed(3)} to ${high.toFixed(3)}</td></tr>`)}</table>
    <details><summary>By question</summary><table><tr><th>question</th><th>recall@10</th><th>reciprocal rank</th><th>nDCG@10</th></tr>${worstFirst.map(
      ({ question, recall, reciprocalRank, ndcg }) => html`<tr><td>${question.text.slice(0, 200)}</td><td class="number">${recall.toFixed(2)}</td><td class="number">${reciprocalRank.toFixed(2)}</td><td class="number">${ndcg.toFixed(2)}</td></tr>`,
    )}</table></details></section>`;
}
