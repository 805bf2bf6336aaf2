import { areaOf } from "./learningRows.ts";
import { curveOf } from "./curveOf.ts";
import { single } from "./statistics/counts.ts";
import { valueAt } from "./statistics/learningCurve.ts";
import type { WorldAnswers } from "./statistics/worldBootstrap.ts";
import { endAnswers, placeOf, regimesOf, worldOf, type EndAnswers } from "./studyCells.ts";
import type { StudyCell, StudyResult } from "./studyResult.ts";
import type { Basis, ComparisonRow, MissingPair } from "./summaryTypes.ts";

/** The pairs of runs of two arms, on the same world with the same seed, and those that could not be made. */
export interface Pairs {
  readonly answers: readonly WorldAnswers[];
  readonly missing: readonly MissingPair[];
  readonly diseasesLeftOut: number;
}

/** What two runs of a pair are compared by. `why` says why they cannot be. */
type Measured =
  | { readonly plus: WorldAnswers["plus"]; readonly minus: WorldAnswers["plus"]; readonly leftOut: number }
  | { readonly why: string };

/** All pairs of a comparison that count, those with a run missing too; over all regimes that have both arms where `regime` is null. */
export function pairsOf(
  result: Pick<StudyResult, "cells" | "study">,
  { a, b, regime, basis, pool }: Pick<ComparisonRow, "a" | "b" | "regime" | "basis" | "pool">,
  counts: (a: StudyCell, b: StudyCell | undefined) => boolean = () => true,
): Pairs {
  const regimes = new Set(regime === null ? regimesOf(result, [a, b], pool) : [regime]);
  const own = result.cells.filter((cell) => regimes.has(cell.regime));
  const others = new Map(own.filter(({ arm }) => arm === b).map((cell) => [placeOf(cell), cell]));
  const answers: WorldAnswers[] = [];
  const missing: MissingPair[] = [];
  let diseasesLeftOut = 0;
  for (const cell of own.filter(({ arm }) => arm === a)) {
    const other = others.get(placeOf(cell));
    if (!counts(cell, other)) continue;
    const place = { regime: cell.regime, world: worldOf(cell), seed: cell.seed };
    const measured = measure(cell, other, basis, pool);
    if ("why" in measured) missing.push({ ...place, why: measured.why });
    else {
      answers.push({ regime: cell.regime, world: place.world, plus: measured.plus, minus: measured.minus });
      diseasesLeftOut += measured.leftOut;
    }
  }
  return { answers, missing, diseasesLeftOut };
}

function measure(a: StudyCell, b: StudyCell | undefined, basis: Basis, pool: string | null): Measured {
  if (b === undefined) return { why: "the other arm has no such run" };
  const unfinished = [a, b].filter(({ outcome }) => outcome === null);
  if (unfinished.length > 0)
    return { why: unfinished.map(({ arm, status, cause }) => `${arm} is ${status}${because(cause)}`).join("; ") };
  return pool === null ? measureCurves(a, b, basis) : measureAnswers(a, b, pool);
}

function because(cause: string | null): string {
  return cause === null ? "" : `: ${cause}`;
}

function measureAnswers(a: StudyCell, b: StudyCell, pool: string): Measured {
  const [ends, others] = [endAnswers(a, pool), endAnswers(b, pool)];
  if (ends === null || others === null) {
    const arms = [...(ends === null ? [a.arm] : []), ...(others === null ? [b.arm] : [])];
    return { why: `${arms.join(" and ")} gave no answer to the pool that could be graded` };
  }
  const [ours, theirs] = [byDisease(ends), byDisease(others)];
  const shared = [...ours.keys()].filter((name) => theirs.has(name));
  if (shared.length === 0) return { why: "the two were asked about no disease in common" };
  const counts = (from: typeof ours): WorldAnswers["plus"] => ({
    right: shared.map((name) => from.get(name)?.right ?? 0),
    total: shared.map((name) => from.get(name)?.total ?? 0),
  });
  const all = new Set([...ends.clusters, ...others.clusters].map(({ name }) => name));
  return { plus: counts(ours), minus: counts(theirs), leftOut: all.size - shared.length };
}

/** Only diseases with an answer that could be graded. */
function byDisease({ answers, clusters }: EndAnswers): Map<string, { readonly right: number; readonly total: number }> {
  const { right, total } = answers.byCluster;
  const counted = clusters.map(({ name }, index) => ({ name, right: right[index] ?? 0, total: total[index] ?? 0 }));
  return new Map(counted.filter((one) => one.total > 0).map(({ name, ...counts }) => [name, counts]));
}

/** Accuracy in training: over all updates, or where the run that spent less stopped. */
function measureCurves(a: StudyCell, b: StudyCell, basis: Basis): Measured {
  if (basis === "area" || basis === "updates") {
    const [ours, theirs] = [areaOf(a), areaOf(b)];
    return ours === null || theirs === null ? noCurve : { plus: single(ours), minus: single(theirs), leftOut: 0 };
  }
  const [ours, theirs] = [curveOf(a, basis), curveOf(b, basis)];
  if (ours === null || theirs === null) return { why: `the ${basis} of some updates are not known` };
  const common = Math.min(ours.at(-1)?.spent ?? 0, theirs.at(-1)?.spent ?? 0);
  const [ourValue, theirValue] = [valueAt(ours, common), valueAt(theirs, common)];
  return ourValue === null || theirValue === null
    ? noCurve
    : { plus: single(ourValue), minus: single(theirValue), leftOut: 0 };
}

const noCurve: Measured = { why: "one of the two has no accuracy in training to compare" };
