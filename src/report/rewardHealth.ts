import { drift, isSuspect } from "../rewards/health.ts";
import { signed, short } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { IterationMetrics, RunReport } from "./runReport.ts";
import { numeric, table, type Row } from "./htmlTable.ts";

const prefix = "reward/";

/** One reward over one stage. */
interface RewardOverStage {
  /** Its name. */
  readonly stage: string;
  readonly name: string;
  readonly mean: number;
  readonly drift: number | null;
  readonly deviation: number | null;
  readonly correlation: number | null;
  /** Largest share of trajectories without a value. */
  readonly unscored: number;
  readonly suspect: boolean;
}

const columns = [
  { title: "stage" },
  { title: "reward" },
  ...["mean", "drift", "deviation", "correlation", "not scored"].map(numeric),
  { title: "sign" },
];

/** Rewards that rise within a stage while accuracy falls. */
export function suspectRewards(report: RunReport): string[] {
  return rows(report)
    .filter((row) => row.suspect)
    .map(({ stage, name }) => `Stage ${stage}: “${name}” rose while accuracy fell; it may be exploited.`);
}

/** Every reward by stage: level, drift, spread, correlation with being right. */
export function rewardHealth(report: RunReport): Html {
  const found = rows(report);
  if (found.length === 0) return html`<p>No iteration has been recorded yet.</p>`;
  return html`<p>Spread and correlation with being right are of the stage's last iteration. A reward that does not vary teaches nothing; one that goes against being right may be exploited.</p>
    ${table({ caption: "Rewards by stage", columns, groups: [{ title: null, rows: found.map(tableRow) }] })}`;
}

function tableRow({
  stage,
  name,
  mean,
  drift: moved,
  deviation,
  correlation,
  unscored,
  suspect,
}: RewardOverStage): Row {
  const number = (value: number | null, write: (value: number) => string): string =>
    value === null ? "–" : write(value);
  return [
    stage,
    name,
    short(mean),
    number(moved, signed),
    number(deviation, short),
    number(correlation, signed),
    short(unscored),
    suspect && "suspect",
  ];
}

function rows({ iterations }: RunReport): RewardOverStage[] {
  return [...new Set(iterations.map(({ stage }) => stage))].flatMap((stage) => {
    const own = iterations.filter((row) => row.stage === stage);
    const names = new Set(
      own.flatMap(({ metrics }) =>
        Object.keys(metrics)
          .filter((metric) => metric.startsWith(prefix))
          .map((metric) => metric.slice(prefix.length)),
      ),
    );
    return [...names].map((name) => rowOf(own[0]?.stageName ?? "", name, own));
  });
}

function rowOf(stage: string, name: string, own: readonly IterationMetrics[]): RewardOverStage {
  const series = (metric: string): number[] => own.flatMap(({ metrics }) => metrics[metric] ?? []);
  const values = series(`${prefix}${name}`);
  return {
    stage,
    name,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    drift: drift(values),
    deviation: series(`reward_deviation/${name}`).at(-1) ?? null,
    correlation: series(`reward_correlation/${name}`).at(-1) ?? null,
    unscored: Math.max(0, ...series(`unscored/${name}`)),
    suspect: isSuspect(values, series("accuracy")),
  };
}
