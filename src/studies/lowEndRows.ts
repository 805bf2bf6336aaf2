import { pairsOf } from "./pairs.ts";
import { worldBootstrap, type WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { endAnswers, heldOutPools, trainedArms } from "./studyCells.ts";
import type { StudyCell, StudyResult } from "./studyResult.ts";
import type { LowEndRow } from "./summaryTypes.ts";

/** A run is counted as one that ended low below this share of right answers. */
export const endsLow = 0.6;

/**
 * Each declared comparison of two arms that train, where the first ended low, and where the second did: who chooses pairs by one arm's end chooses its bad
 * luck too, so that either figure alone favours the other arm.
 */
export async function lowEndRows(
  result: Pick<StudyResult, "cells" | "study" | "budgets">,
  options: WorldBootstrapOptions,
): Promise<LowEndRow[]> {
  const trained = trainedArms(result);
  const asked = result.study.comparisons
    .filter(({ a, b }) => trained.has(a) && trained.has(b))
    .flatMap(({ a, b }) => heldOutPools(result).flatMap((pool) => [b, a].map((low) => ({ a, b, pool, low }))));
  const rows: LowEndRow[] = [];
  for (const { a, b, pool, low } of asked) {
    const { answers } = pairsOf(result, { a, b, regime: null, basis: "updates", pool }, (ours, theirs) =>
      endedLow(low === a ? ours : theirs, pool),
    );
    const seed = [...options.seed, "low", a, b, pool, low];
    const difference = answers.length === 0 ? null : await worldBootstrap(answers, { ...options, seed });
    rows.push({ a, b, pool, low, difference, pairs: answers.length });
  }
  return rows;
}

/** A run without answers to the pool is not known to have ended low. */
function endedLow(cell: StudyCell | undefined, pool: string): boolean {
  const end = cell === undefined ? null : endAnswers(cell, pool);
  return end !== null && end.answers.right / end.answers.total < endsLow;
}
