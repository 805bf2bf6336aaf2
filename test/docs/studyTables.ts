import { readFileSync } from "node:fs";
import type { StudySummary } from "../../src/studies/summaryTypes.ts";

/** Tables of what a study found, docs/studies/NAME.md, beside the study's kept figures. */
export interface StudyTables {
  /** Cells of the rows of the table whose head begins so, without marks. */
  rowsOf(head: string): string[][];
  /** Accuracy of an arm at the end, in %, on the two pools of a regime. */
  ends(arm: string, regime: string): string;
  /** How many runs of an arm end above 80 %, on the two pools of a regime. */
  above(arm: string, regime: string): string;
  /** Runs of an arm in a regime. */
  runs(arm: string, regime: string): number;
  /** A difference "a − b" in points with its interval, on the first or second pool; over all regimes where none is named. */
  difference(named: string, regime: string | null, pool: 0 | 1): string | undefined;
  /** As `difference`, over the pairs in which one arm ended low, with their number. */
  lowEnd(named: string, low: string, pool: 0 | 1): string | undefined;
}

export function openStudyTables(study: string): StudyTables {
  const read = (path: string): string => readFileSync(new URL(`../../docs/studies/${path}`, import.meta.url), "utf8");
  const { comparisons, arms, lowEnds } = JSON.parse(read(`${study}/summary.json`)) as StudySummary;
  const text = read(`${study}.md`);
  const rowOf = (arm: string, regime: string, pool: string): (typeof arms)[number] | undefined =>
    arms.find((one) => one.arm === arm && one.regime === regime && one.pool === pool);
  return {
    rowsOf: (head) => tableRows(text, head),
    ends: (arm, regime) =>
      poolsOf(regime)
        .map((pool) => (100 * (rowOf(arm, regime, pool)?.accuracy?.mean ?? Number.NaN)).toFixed(1))
        .join(" / "),
    above: (arm, regime) =>
      poolsOf(regime)
        .map((pool) => {
          const { share, runs } = rowOf(arm, regime, pool)?.above ?? { share: Number.NaN, runs: Number.NaN };
          return Math.round(share * runs);
        })
        .join(" / "),
    runs: (arm, regime) => rowOf(arm, regime, poolsOf(regime)[0])?.runs ?? Number.NaN,
    difference: (named, regime, pool) => {
      const [a, b] = named.split(" − ");
      const row = comparisons.find(
        (one) =>
          one.a === a &&
          one.b === b &&
          one.regime === regime &&
          one.pool === poolsOf(regime)[pool] &&
          one.basis === "updates",
      );
      return row?.difference == null ? undefined : inPoints(row.difference);
    },
    lowEnd: (named, low, pool) => {
      const [a, b] = named.split(" − ");
      const row = lowEnds.find(
        (one) => one.a === a && one.b === b && one.low === low && one.pool === poolsOf(null)[pool],
      );
      return row?.difference == null ? undefined : `${inPoints(row.difference)}, ${row.pairs} pairs`;
    },
  };
}

function tableRows(text: string, head: string): string[][] {
  const lines = text.slice(text.indexOf(`| ${head}`)).split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll(/[`*]/gu, "")),
  );
}

/** The machines' pools stand in the places of the diseases' and the specialties'. */
function poolsOf(regime: string | null): [string, string] {
  return regime === "machines"
    ? ["held-out-faults", "held-out-machines"]
    : ["held-out-diseases", "held-out-specialties"];
}

function inPoints({
  mean,
  low,
  high,
}: {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}): string {
  return low === null || high === null ? signed(mean) : `${signed(mean)} (${signed(low)} to ${signed(high)})`;
}

function signed(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;
}
