import { isSampledPool, poolAsked } from "../evaluation/sampledPools.ts";
import { choosingPools } from "./studyFile.ts";
import type { Cluster, PoolAnswers, StudyCell, StudyResult } from "./studyResult.ts";

/** What is resampled first: the world, or where the data have none, the seed. */
export function worldOf({ world, seed }: Pick<StudyCell, "world" | "seed">): string {
  return world === null ? `seed ${seed}` : `world ${world}`;
}

/** What the runs of a pair have in common. */
export function placeOf({ regime, world, seed }: Pick<StudyCell, "regime" | "world" | "seed">): string {
  return JSON.stringify([regime, world, seed]);
}

/** Pools that are not for choosing, in the order of their first run; the same questions sampled again are not pools of their own. */
export function heldOutPools(result: Pick<StudyResult, "cells">): string[] {
  return endPools(result).filter((pool) => !isSampledPool(pool));
}

/** The same with their sampled answers (docs/measures.md). */
export function endPools({ cells }: Pick<StudyResult, "cells">): string[] {
  const pools = cells.flatMap(({ outcome }) => outcome?.pools.map(({ pool }) => pool) ?? []);
  return [...new Set(pools)].filter((pool) => !choosingPools.includes(poolAsked(pool)));
}

/** Arms that train. */
export function trainedArms({ budgets }: Pick<StudyResult, "budgets">): ReadonlySet<string> {
  return new Set(budgets.filter(({ budget }) => budget.updates > 0).map(({ arm }) => arm));
}

/** A pool's answers where a run ended, each count with its disease; null where it was not asked. */
export interface EndAnswers {
  readonly answers: PoolAnswers;
  readonly clusters: readonly Cluster[];
}

/** The last checkpoint's that has the pool; null where there is none, or nothing of it could be graded. */
export function endAnswers({ outcome }: Pick<StudyCell, "outcome">, pool: string): EndAnswers | null {
  const all = outcome?.checkpoints.flatMap(({ pools }) => pools.filter((one) => one.pool === pool)) ?? [];
  const answers = all.at(-1);
  const clusters = outcome?.pools.find((one) => one.pool === pool)?.clusters;
  return answers === undefined || clusters === undefined || answers.total === 0 ? null : { answers, clusters };
}

/**
 * Regimes in which all of some arms are declared, and a pool (null: any) is there, in order. Where no run of a regime has finished its pools are not known:
 * it is among them, so that what is missing is told.
 */
export function regimesOf(
  { cells, study }: Pick<StudyResult, "cells" | "study">,
  arms: readonly string[],
  pool: string | null,
): string[] {
  return study.regimes.flatMap(({ name }) => {
    const own = cells.filter(({ regime }) => regime === name);
    const known = own.flatMap(({ outcome }) => outcome?.pools.map((one) => one.pool) ?? []);
    const isDeclared = arms.every((arm) => own.some((cell) => cell.arm === arm));
    return isDeclared && (pool === null || known.length === 0 || known.includes(pool)) ? [name] : [];
  });
}
