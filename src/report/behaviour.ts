import { short } from "./format.ts";
import { checkpointName } from "./headline.ts";
import { html, type Html } from "./html.ts";
import type { Evaluation } from "./model.ts";

/** Further measurements by pool and checkpoint: searches, evidence filter, recall, probes, baselines. */
export function behaviourTable(evaluations: readonly Evaluation[]): Html {
  if (evaluations.every((one) => Object.keys(one.metrics).length === 0)) return html`<p>No further measurements were recorded.</p>`;
  const stages = [...new Set(evaluations.map((one) => one.stage))].toSorted((a, b) => a - b);
  const pools = [...new Set(evaluations.map((one) => one.pool))];
  return html`<div class="scroll"><table>
    <thead><tr><th>Measurement</th>${stages.map((stage) => html`<th class="number">${checkpointName(stage)}</th>`)}</tr></thead>
    ${pools.map((pool) => poolRows(pool, stages, evaluations.filter((one) => one.pool === pool)))}
  </table></div>`;
}

function poolRows(pool: string, stages: readonly number[], evaluations: readonly Evaluation[]): Html {
  const names = [...new Set(evaluations.flatMap((one) => Object.keys(one.metrics)))].toSorted();
  return html`<tbody><tr><th colspan="${stages.length + 1}">${pool}</th></tr>
    ${names.map((name) => html`<tr><td>${name}</td>${stages.map((stage) => html`<td class="number">${short(evaluations.findLast((one) => one.stage === stage)?.metrics[name] ?? null)}</td>`)}</tr>`)}
  </tbody>`;
}
