import type { PoolRetrieval } from "../evaluation/retrievalSummary.ts";
import { html, type Html } from "./html.ts";
import { intervalText, retrievalExpectation } from "./retrievalSection.ts";
import { renderShell } from "./shell.ts";
import { numeric, table } from "./htmlTable.ts";

/** The page of a retrieval benchmark: each pool's measures with their intervals, then every question, worst first. */
export function renderRetrieval(title: string, pools: readonly PoolRetrieval[]): string {
  const body = html`<header><h1>${title}</h1>
    <p>${retrievalExpectation} <a href="report.html">The run's report</a>.</p></header>
    <main>${pools.length === 0 ? html`<p>No question of this data set names gold titles.</p>` : pools.map(section)}</main>`;
  return renderShell({ title, body });
}

function section({ pool, questions, measures, byQuestion }: PoolRetrieval): Html {
  const worstFirst = byQuestion.toSorted((a, b) => a.ndcg - b.ndcg || (a.question.id < b.question.id ? -1 : 1));
  const figures = table({
    caption: `Retrieval measures on ${pool}`,
    columns: [{ title: "measure" }, numeric("mean"), numeric("95 % interval")],
    groups: [
      {
        title: null,
        rows: Array.from(measures, ([name, interval]) => [name, interval.mean.toFixed(3), intervalText(interval)]),
      },
    ],
  });
  const everyQuestion = table({
    caption: `Questions of ${pool}, worst first`,
    columns: [{ title: "question" }, numeric("recall@10"), numeric("reciprocal rank"), numeric("nDCG@10")],
    groups: [
      {
        title: null,
        rows: worstFirst.map(({ question, recall, reciprocalRank, ndcg }) => [
          question.text.slice(0, 200),
          recall.toFixed(2),
          reciprocalRank.toFixed(2),
          ndcg.toFixed(2),
        ]),
      },
    ],
  });
  return html`<section><h2>${pool}, ${questions} questions</h2>${figures}
    <details><summary>By question</summary><div>${everyQuestion}</div></details></section>`;
}
