import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StudySummary } from "../../src/studies/summaryTypes.ts";

const read = (path: string): string => readFileSync(new URL(`../../docs/studies/${path}`, import.meta.url), "utf8");
const { comparisons, arms } = JSON.parse(read("headline/summary.json")) as StudySummary;
const text = read("headline.md");

/** Cells of the table's rows whose head begins so. */
function rowsOf(head: string): string[][] {
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
const poolsOf = (regime: string | null): [string, string] =>
  regime === "machines" ? ["held-out-faults", "held-out-machines"] : ["held-out-diseases", "held-out-specialties"];
const regimeOf = (shown: string): string | null => (shown === "all" ? null : shown);
const signed = (share: number): string => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;

function shown(named: string, regime: string | null, pool: string): string | undefined {
  const [a, b] = named.split(" − ");
  const row = comparisons.find(
    (one) => one.a === a && one.b === b && one.regime === regime && one.pool === pool && one.basis === "updates",
  );
  if (row?.difference == null) return undefined;
  const { mean, low, high } = row.difference;
  return low === null || high === null ? signed(mean) : `${signed(mean)} (${signed(low)} to ${signed(high)})`;
}

describe("what the headline found, in the documentation, is what its kept figures say", () => {
  const accuracy = (arm: string, regime: string, pool: string): string => {
    const row = arms.find((one) => one.arm === arm && one.regime === regime && one.pool === pool);
    return (100 * (row?.accuracy?.mean ?? Number.NaN)).toFixed(1);
  };

  it.each(rowsOf("regime | base"))("ends in %s", (regime = "", ...ends) => {
    expect(ends.slice(0, 4)).toEqual(
      ["base", "joint", "staged", "adaptive"].map((arm) =>
        poolsOf(regime)
          .map((pool) => accuracy(arm, regime, pool))
          .join(" / "),
      ),
    );
  });

  it.each(rowsOf("regime, pool"))("the map: %s", (place = "", ...differences) => {
    const [regime = "", group = ""] = place.split(", ");
    const pool = poolsOf(regimeOf(regime))[["diseases", "faults"].includes(group) ? 0 : 1];
    const named = ["staged − joint", "adaptive − joint", "adaptive − staged"];
    expect(differences).toEqual(named.map((one) => shown(one, regimeOf(regime), pool)));
  });

  it.each(rowsOf("difference | where | held-out"))("%s", (named = "", where = "", diseases, specialties) => {
    expect([diseases, specialties]).toEqual(poolsOf(null).map((pool) => shown(named, regimeOf(where), pool)));
  });
});
