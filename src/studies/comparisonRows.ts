import { groupBy } from "./statistics/groupBy.ts";
import { holm } from "./statistics/holm.ts";
import { worldBootstrap, type WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { pairsOf } from "./pairs.ts";
import { heldOutPools, regimesOf, trainedArms } from "./studyCells.ts";
import type { StudyResult } from "./studyResult.ts";
import type { Basis, ComparisonRow } from "./summaryTypes.ts";

type Asked = Pick<ComparisonRow, "a" | "b" | "regime" | "basis" | "pool">;

const curveBases: readonly Basis[] = ["tokens", "seconds", "area"];

/**
 * Every declared comparison over all regimes that have both arms (where several do), and in each of them: at equal updates, by pool; where both arms train
 * also at equal tokens and seconds, and over the whole curve. In the order of the declaration.
 */
export async function comparisonRows(
  result: Pick<StudyResult, "cells" | "study" | "budgets">,
  options: WorldBootstrapOptions,
): Promise<ComparisonRow[]> {
  const rows: ComparisonRow[] = [];
  for (const asked of askedOf(result)) rows.push(await compare(result, asked, options));
  const families = groupBy(
    rows.filter(({ basis }) => basis === "updates"),
    ({ regime }) => regime,
  );
  const adjusted = new Map([...families.values()].flatMap(corrected));
  return rows.map((row) => ({ ...row, adjusted: adjusted.get(row) ?? null }));
}

function askedOf(result: Pick<StudyResult, "cells" | "study" | "budgets">): Asked[] {
  const trained = trainedArms(result);
  const pools = heldOutPools(result);
  return result.study.comparisons.flatMap(({ a, b }) => {
    const bases = [
      ...pools.map((pool) => ({ basis: "updates" as const, pool })),
      ...(trained.has(a) && trained.has(b) ? curveBases : []).map((basis) => ({ basis, pool: null })),
    ];
    return bases.flatMap(({ basis, pool }) => {
      const regimes = regimesOf(result, [a, b], pool);
      const places = regimes.length > 1 ? [null, ...regimes] : regimes;
      return places.map((regime): Asked => ({ a, b, regime, basis, pool }));
    });
  });
}

async function compare(
  result: Pick<StudyResult, "cells" | "study">,
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

/** The corrected p value of each row of a family: the rows at equal updates of one place. */
function corrected(family: readonly ComparisonRow[]): [ComparisonRow, number | null][] {
  const values = holm(family.map(({ difference }) => difference?.p ?? null));
  return family.map((row, index) => [row, values[index] ?? null]);
}
