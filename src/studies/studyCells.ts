import { z } from "zod";
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

/** A pool's answers where a run ended, each count with its disease. */
export interface EndAnswers {
  readonly answers: PoolAnswers;
  readonly clusters: readonly Cluster[];
}

/** The answers of the policy that a run ended with, as far as they could be graded; null where none could, or it was not asked the pool. */
export function endAnswers(cell: Pick<StudyCell, "outcome">, pool: string): EndAnswers | null {
  const asked = askedAtEnd(cell, pool);
  return asked === null || asked.answers.total === 0 ? null : asked;
}

/** The same, of which perhaps nothing could be graded; null where the policy that the run ended with was not asked the pool. */
export function askedAtEnd({ outcome }: Pick<StudyCell, "outcome">, pool: string): EndAnswers | null {
  if (outcome === null) return null;
  const ends = outcome.checkpoints.filter(({ update }) => update === outcome.updates);
  const answers = ends.flatMap(({ pools }) => pools.filter((one) => one.pool === pool)).at(-1);
  const clusters = outcome.pools.find((one) => one.pool === pool)?.clusters;
  return answers === undefined || clusters === undefined ? null : { answers, clusters };
}

/**
 * Regimes in which all of some arms are declared, and a pool (null: any) is there, in order. Where no run of a regime has finished, its pools are taken to be
 * those of the regimes with the same kind of data, so that what is missing is told.
 */
export function regimesOf(
  { cells, study }: Pick<StudyResult, "cells" | "study">,
  arms: readonly string[],
  pool: string | null,
): string[] {
  return study.regimes.flatMap(({ name }) => {
    const own = cells.filter(({ regime }) => regime === name);
    const isDeclared = arms.every((arm) => own.some((cell) => cell.arm === arm));
    return isDeclared && (pool === null || poolsIn({ cells, study }, name).has(pool)) ? [name] : [];
  });
}

function poolsIn({ cells, study }: Pick<StudyResult, "cells" | "study">, regime: string): ReadonlySet<string> {
  const poolsOf = (names: readonly string[]): ReadonlySet<string> =>
    new Set(
      cells
        .filter((cell) => names.includes(cell.regime))
        .flatMap(({ outcome }) => outcome?.pools.map(({ pool }) => pool) ?? []),
    );
  const own = poolsOf([regime]);
  if (own.size > 0) return own;
  const dataOf = (name: string): unknown => datasetOf(study.regimes.find((one) => one.name === name)?.settings);
  return poolsOf(study.regimes.flatMap(({ name }) => (dataOf(name) === dataOf(regime) ? [name] : [])));
}

/** The kind of data that a regime's settings name; null where they leave it to the preset. */
function datasetOf(settings: unknown): unknown {
  const Named = z.object({ data: z.object({ dataset: z.unknown() }) });
  return Named.safeParse(settings).data?.data.dataset ?? null;
}
