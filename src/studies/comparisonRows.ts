import { holm } from "./statistics/holm.ts";
import { worldBootstrap, type WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { pairsOf } from "./pairs.ts";
import { heldOutPools } from "./studyCells.ts";
import type { StudyResult } from "./studyResult.ts";
import type { Basis, ComparisonRow } from "./summaryTypes.ts";

type Asked = Pick<ComparisonRow, "a" | "b" | "regime" | "basis" | "pool">;

const curveBases: readonly Basis[] = ["tokens", "seconds", "area"];

/**
 * Every declared comparison in every regime and over all of them, at equal updates (by pool); where both arms train also at equal tokens and
 * seconds, and over the whole curve.
 */
export async function comparisonRows(
  result: Pick<StudyResult, "cells" | "study" | "budgets">,
  options: WorldBootstrapOptions,
): Promise<ComparisonRow[]> {
  const { regimes, comparisons } = result.study;
  const places = [...(regimes.length > 1 ? [null] : []), ...regimes.map(({ name }) => name)];
  const pools = heldOutPools(result);
  const trained = new Set(result.budgets.filter(({ budget }) => budget.updates > 0).map(({ arm }) => arm));
  const rows: ComparisonRow[] = [];
  for (const regime of places) {
    const asked = comparisons.flatMap(({ a, b }): Asked[] => [
      ...pools.map((pool): Asked => ({ a, b, regime, basis: "updates", pool })),
      ...(trained.has(a) && trained.has(b) ? curveBases : []).map(
        (basis): Asked => ({ a, b, regime, basis, pool: null }),
      ),
    ]);
    const own: ComparisonRow[] = [];
    for (const one of asked) own.push(await compare(result, one, options));
    rows.push(...corrected(own));
  }
  return rows;
}

async function compare(
  result: Pick<StudyResult, "cells">,
  asked: Asked,
  options: WorldBootstrapOptions,
): Promise<ComparisonRow> {
  const { answers, missing, diseasesLeftOut } = pairsOf(result, asked);
  const seed = [...options.seed, ...Object.values(asked).map(String)];
  return {
    ...asked,
    difference: answers.length === 0 ? null : await worldBootstrap(answers, { ...options, seed }),
    adjusted: null,
    pairs: answers.length,
    missing,
    diseasesLeftOut,
  };
}

/** With the p values of the family corrected: all rows at equal updates, the other bases are beside them. */
function corrected(rows: readonly ComparisonRow[]): ComparisonRow[] {
  const family = rows.filter(({ basis }) => basis === "updates");
  const adjusted = holm(family.map(({ difference }) => difference?.p ?? null));
  return rows.map((row) => ({ ...row, adjusted: adjusted[family.indexOf(row)] ?? null }));
}
