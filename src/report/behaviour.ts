import { short } from "./format.ts";
import { checkpointOf } from "./headline.ts";
import { html, type Html } from "./html.ts";
import type { Evaluation } from "./runReport.ts";
import { numeric, table, type RowGroup } from "./htmlTable.ts";

/** Further measurements by pool and checkpoint: searches, share that asks for a band, recall, probes, baselines. */
export function behaviourTable(evaluations: readonly Evaluation[]): Html {
  if (evaluations.every((one) => Object.keys(one.metrics).length === 0))
    return html`<p>No further measurements were recorded.</p>`;
  const stages = [...new Set(evaluations.map((one) => one.stage))].toSorted((a, b) => a - b);
  const pools = [...new Set(evaluations.map((one) => one.pool))];
  return table({
    caption: "Measurements by pool of questions and checkpoint",
    columns: [{ title: "Measurement" }, ...stages.map((stage) => numeric(checkpointOf(evaluations, stage)))],
    groups: pools.map((pool) =>
      poolRows(
        pool,
        stages,
        evaluations.filter((one) => one.pool === pool),
      ),
    ),
  });
}

function poolRows(pool: string, stages: readonly number[], evaluations: readonly Evaluation[]): RowGroup {
  const names = [...new Set(evaluations.flatMap((one) => Object.keys(one.metrics)))].toSorted();
  const value = (name: string, stage: number): string =>
    short(evaluations.findLast((one) => one.stage === stage)?.metrics[name] ?? null);
  return { title: pool, rows: names.map((name) => [name, ...stages.map((stage) => value(name, stage))]) };
}
