import { tokensOf } from "../domain/usage.ts";
import { curveOf } from "./curveOf.ts";
import { endsWell } from "./armRows.ts";
import { single } from "./statistics/counts.ts";
import { medianSpent, spentToReach } from "./statistics/learningCurve.ts";
import { worldBootstrap, type WorldAnswers, type WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { worldOf } from "./studyCells.ts";
import type { StudyCell } from "./studyResult.ts";
import type { LearningRow, Reached } from "./summaryTypes.ts";
import { meanOf } from "../domain/mean.ts";

/** How one arm learnt in one regime; `cells` are its runs there, `ceiling` the accuracy that can be reached. */
export async function learningRow(
  cells: readonly StudyCell[],
  { arm, regime, ceiling }: Pick<LearningRow, "arm" | "regime"> & { readonly ceiling: number },
  options: WorldBootstrapOptions,
): Promise<LearningRow> {
  const finished = cells.filter(({ outcome }) => outcome !== null);
  const areas = finished.flatMap((cell): WorldAnswers[] => {
    const area = areaOf(cell);
    return area === null ? [] : [{ regime, world: worldOf(cell), plus: single(area), minus: null }];
  });
  return {
    arm,
    regime,
    runs: finished.length,
    area: areas.length === 0 ? null : await worldBootstrap(areas, options),
    reached: reachedOf(finished, endsWell * ceiling),
    tokens: meanOf(finished.flatMap(({ outcome }) => (outcome === null ? [] : [tokensOf(outcome.spent)]))),
    seconds: meanOf(finished.flatMap(({ outcome }) => outcome?.spent.seconds ?? [])),
    money: meanOf(finished.flatMap(({ outcome }) => outcome?.spent.money ?? [])),
  };
}

/** Area under the learning curve: mean accuracy in training over a run's updates; null where it has no curve, or some update's accuracy is not known. */
export function areaOf({ outcome }: Pick<StudyCell, "outcome">): number | null {
  if (outcome === null) return null;
  const { curve, updates } = outcome;
  const accuracy = curve.metrics["accuracy"] ?? [];
  if (accuracy.length === 0 || accuracy.includes(null)) return null;
  const counts = accuracy.map((_, index) => Math.min(curve.every, updates - index * curve.every));
  const sum = accuracy.reduce<number>((total, value, index) => total + (value ?? 0) * (counts[index] ?? 0), 0);
  return sum / updates;
}

function reachedOf(cells: readonly StudyCell[], target: number): Reached {
  const trained = cells.filter((cell) => curveOf(cell, "updates")?.length !== 0);
  const updates = trained.map((cell) => spentToReach(curveOf(cell, "updates") ?? [], target));
  const tokens = trained.map((cell) => curveOf(cell, "tokens"));
  return {
    runs: trained.length,
    reached: updates.filter((value) => value !== null).length,
    updates: medianSpent(updates),
    tokens: tokens.some((curve) => curve === null)
      ? null
      : medianSpent(tokens.map((curve) => spentToReach(curve ?? [], target))),
  };
}
