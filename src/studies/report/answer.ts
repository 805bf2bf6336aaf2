import { percent } from "../../report/format.ts";
import type { ArmRow, ComparisonRow, StudySummary } from "../summaryTypes.ts";
import { differenceText, missingText, plural, regimesIn, verdictText } from "./wording.ts";

/** The answer in three sentences: the first declared comparison, how often each arm ended well, and what the figures leave out. */
export function answerOf(summary: StudySummary): readonly [string, string, string] {
  return [comparisonSentence(summary), endsSentence(summary), missingSentence(summary)];
}

/** The first declared comparison at equal updates: by pool over all regimes that have it, or in the only one. */
function firstRows({ comparisons, pools }: StudySummary): ComparisonRow[] {
  const [first] = comparisons;
  const rows = comparisons.filter(({ a, b, basis }) => basis === "updates" && a === first?.a && b === first.b);
  return pools.flatMap((pool) => rows.find((row) => row.pool === pool) ?? []);
}

function comparisonSentence(summary: StudySummary): string {
  const rows = firstRows(summary);
  const [first] = rows;
  if (first === undefined) return "No two arms could be compared.";
  const place = (row: ComparisonRow): string =>
    row.regime === null ? `over ${regimesIn(summary.comparisons, row)} regimes` : `in regime ${row.regime}`;
  const each = rows.map(
    (row) =>
      `${differenceText(row.difference)} points on ${row.pool ?? ""} ${place(row)} (${plural(row.pairs, "pair")}): ${verdictText(row, summary.confidence)}`,
  );
  return `${first.a} − ${first.b} at equal updates: ${each.join("; ")}.`;
}

/** Arms that the second sentence names, those that ended well most often. */
const mostArms = 5;

/** Of the arms that were declared wherever the first comparison was: others ended elsewhere, and cannot stand beside them. */
function endsSentence(summary: StudySummary): string {
  const [pool] = summary.pools;
  const rows = summary.arms.filter((row) => row.pool === pool);
  if (pool === undefined || rows.every(({ above }) => above === null))
    return "No run has been evaluated on a held-out pool.";
  const regimes = sharedRegimes(summary, rows);
  const own = rows.filter(({ regime }) => regimes.includes(regime));
  const names = [...new Set(own.map(({ arm }) => arm))];
  const ends = names
    .map((arm) => endsOf(own.filter((row) => row.arm === arm)))
    .filter(({ places }) => places === regimes.length);
  const sorted = ends.toSorted((a, b) => b.well / b.declared - a.well / a.declared);
  const named = sorted.length <= mostArms + 1 ? sorted : sorted.slice(0, mostArms);
  const others = sorted.length - named.length;
  return `Runs ended above 80 % on ${pool} ${regimes.length === 1 ? `in regime ${regimes[0] ?? ""}` : `in ${regimes.length} regimes`}: ${named.map(endText).join(", ")}${others === 0 ? "" : `; the other ${others} arms no oftener`}.`;
}

/** Regimes that have both arms of the first comparison; all of them where none was declared. */
function sharedRegimes({ comparisons }: StudySummary, rows: readonly ArmRow[]): string[] {
  const [first] = comparisons;
  const all = [...new Set(rows.map(({ regime }) => regime))];
  if (first === undefined) return all;
  const has = (regime: string, arm: string): boolean => rows.some((row) => row.regime === regime && row.arm === arm);
  return all.filter((regime) => has(regime, first.a) && has(regime, first.b));
}

interface Ends {
  readonly arm: string;
  readonly places: number;
  readonly well: number;
  readonly declared: number;
  readonly missing: ArmRow["missing"];
  /** Over the runs that are there; null where none is. */
  readonly mean: number | null;
}

function endsOf(rows: readonly ArmRow[]): Ends {
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  const missing: Record<string, number> = {};
  for (const row of rows)
    for (const [why, count] of Object.entries(row.missing)) missing[why] = (missing[why] ?? 0) + count;
  return {
    arm: rows[0]?.arm ?? "",
    places: rows.length,
    well: rows.reduce((sum, { above }) => sum + Math.round((above?.share ?? 0) * (above?.runs ?? 0)), 0),
    declared: runs + Object.values(missing).reduce((sum, count) => sum + count, 0),
    missing,
    mean: runs === 0 ? null : rows.reduce((sum, row) => sum + (row.accuracy?.mean ?? 0) * row.runs, 0) / runs,
  };
}

function endText({ arm, well, declared, missing, mean }: Ends): string {
  const lacking = Object.keys(missing).length === 0 ? "" : `, ${missingText(missing)}`;
  return `${arm} in ${well} of ${declared} (${mean === null ? "no mean" : `mean ${percent(mean)}`}${lacking})`;
}

function missingSentence({ counts, confidence }: StudySummary): string {
  const missing = Object.entries(counts).filter(([status, count]) => status !== "finished" && count > 0);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const intervals = `the brackets are ${percent(confidence).replace(".0", "")} intervals over worlds and the diseases in them`;
  if (missing.length === 0) return `All ${plural(all, "declared run")} finished; ${intervals}.`;
  const words = missing.map(([status, count]) => `${count} ${status}`).join(", ");
  return `Of ${plural(all, "declared run")} ${counts.finished} finished (${words}: no figure counts these, and each table says where they are missing); ${intervals}.`;
}
