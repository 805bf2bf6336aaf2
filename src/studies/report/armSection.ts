import { percent, short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import type { ArmRow, StudySummary } from "../summaryTypes.ts";
import { shareBar } from "./shareBar.ts";
import { meanText, missingText, shareText } from "./wording.ts";

/** How each arm ended in each regime, by pool. */
export function armSection({ arms }: StudySummary): Html {
  if (arms.length === 0) return html`<p>No run has been evaluated on a held-out pool yet.</p>`;
  return html`<p>Outcomes are often bimodal: the share of runs that ended above 80 % stands beside each mean.</p>
    ${poolsOf(arms).map((pool) =>
      table({
        caption: `Accuracy on ${pool} where the runs ended`,
        columns: [
          { title: "arm" },
          ...["mean (interval)", "runs above 80 % (interval)", "runs", "missing"].map(numeric),
        ],
        groups: byRegime(arms.filter((row) => row.pool === pool)).map(([regime, rows]) => ({
          title: regime,
          rows: rows.map((row) => [
            row.arm,
            html`${meanText(row.accuracy)}${row.ungraded > 0 && html`<small>${row.ungraded} answers not graded</small>`}`,
            shareText(row.above),
            row.runs,
            missingText(row.missing),
          ]),
        })),
      }),
    )}`;
}

/** Names of pools, those with sampled answers among them. */
function poolsOf(rows: readonly ArmRow[]): string[] {
  return [...new Set(rows.map(({ pool }) => pool))];
}

function byRegime(rows: readonly ArmRow[]): [string, ArmRow[]][] {
  return [...new Set(rows.map(({ regime }) => regime))].map((regime) => [
    regime,
    rows.filter((row) => row.regime === regime),
  ]);
}

/** Measurements that say how the answers were come by: searches, evidence, harm, abstention, probes. */
export function measurementSection({ arms }: StudySummary): Html {
  const names = [...new Set(arms.flatMap(({ metrics }) => Object.keys(metrics)))].toSorted();
  if (names.length === 0) return html`<p>Nothing further was measured.</p>`;
  return html`${poolsOf(arms).map((pool) => {
    const own = arms.filter((row) => row.pool === pool);
    return html`<details><summary>${pool}</summary><div>${table({
      caption: `Means over runs on ${pool}, where they ended`,
      columns: [{ title: "arm, regime" }, ...names.map(numeric)],
      groups: [
        {
          title: null,
          rows: own.map((row) => [`${row.arm}, ${row.regime}`, ...names.map((name) => metricText(row, name))]),
        },
      ],
    })}</div></details>`;
  })}`;
}

function metricText({ metrics, runs }: ArmRow, name: string): string {
  const metric = metrics[name];
  if (metric === undefined) return "–";
  return metric.runs === runs ? short(metric.mean) : `${short(metric.mean)} (${metric.runs} of ${runs} runs)`;
}

/** Share of right answers by specialty, a bar an arm; over all regimes and runs. */
export function specialtySection({ arms, pools }: StudySummary): Html {
  const names = [...new Set(arms.map(({ arm }) => arm))];
  const sections = pools.flatMap((pool) => {
    const own = arms.filter((row) => row.pool === pool);
    const groups = [...new Set(own.flatMap((row) => row.groups.map(({ group }) => group)))].toSorted();
    if (groups.length === 0) return [];
    return [
      table({
        caption: `Right answers on ${pool} by specialty, all regimes and runs together`,
        columns: [{ title: "arm" }, { title: "share of right answers" }, numeric("share"), numeric("answers")],
        groups: groups.map((group) => ({ title: group, rows: names.map((arm) => barRow(own, arm, group)) })),
      }),
    ];
  });
  return sections.length === 0 ? html`<p>The data name no specialties.</p>` : html`${sections}`;
}

function barRow(rows: readonly ArmRow[], arm: string, group: string): (Html | string | number | null)[] {
  const found = rows.filter((row) => row.arm === arm).flatMap((row) => row.groups.filter((one) => one.group === group));
  const right = found.reduce((sum, one) => sum + one.right, 0);
  const total = found.reduce((sum, one) => sum + one.total, 0);
  if (total === 0) return [arm, null, "–", 0];
  const share = right / total;
  return [arm, shareBar(share), percent(share), total];
}
