import { percent } from "../../report/format.ts";
import type { ArmRow, ComparisonRow, StudySummary } from "../summaryTypes.ts";
import { differenceText, plural, verdictText } from "./wording.ts";

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
  const each = rows.map(
    (row) =>
      `${differenceText(row.difference)} points on ${row.pool ?? ""} ${row.regime === null ? "over all regimes" : `in regime ${row.regime}`} (${plural(row.pairs, "pair")}): ${verdictText(row)}`,
  );
  return `${first.a} − ${first.b} at equal updates: ${each.join("; ")}.`;
}

/** Arms that the second sentence names, those that ended well most often. */
const mostArms = 5;

function endsSentence({ arms, pools }: StudySummary): string {
  const [pool] = pools;
  const own = arms.filter((row) => row.pool === pool && row.above !== null);
  if (pool === undefined || own.length === 0) return "No run has been evaluated on a held-out pool.";
  const names = [...new Set(own.map(({ arm }) => arm))];
  const each = names.map((arm) => {
    const { well, runs, mean } = endsOf(own.filter((row) => row.arm === arm));
    return { arm, share: well / runs, text: `${arm} in ${well} of ${runs} (mean ${percent(mean)})` };
  });
  const sorted = each.toSorted((a, b) => b.share - a.share).map(({ text }) => text);
  const named = sorted.length <= mostArms + 1 ? sorted : sorted.slice(0, mostArms);
  const others = sorted.length - named.length;
  return `Runs ended above 80 % on ${pool}: ${named.join(", ")}${others === 0 ? "" : `; the other ${others} arms no oftener`}.`;
}

function endsOf(rows: readonly ArmRow[]): { readonly well: number; readonly runs: number; readonly mean: number } {
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  const well = rows.reduce((sum, { above }) => sum + Math.round((above?.share ?? 0) * (above?.runs ?? 0)), 0);
  return { well, runs, mean: rows.reduce((sum, { accuracy }) => sum + (accuracy?.mean ?? 0), 0) / rows.length };
}

function missingSentence({ counts, confidence }: StudySummary): string {
  const missing = Object.entries(counts).filter(([status, count]) => status !== "finished" && count > 0);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const intervals = `the brackets are ${percent(confidence).replace(".0", "")} intervals over worlds and the diseases in them`;
  if (missing.length === 0) return `All ${plural(all, "declared run")} finished; ${intervals}.`;
  const words = missing.map(([status, count]) => `${count} ${status}`).join(", ");
  return `Of ${plural(all, "declared run")} ${counts.finished} finished (${words}: no figure counts these, and each table says where they are missing); ${intervals}.`;
}
