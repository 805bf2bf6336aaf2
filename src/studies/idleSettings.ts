import { isDeepStrictEqual } from "node:util";
import { groupBy } from "./statistics/groupBy.ts";
import { placeOf } from "./studyCells.ts";
import type { StudyCell } from "./studyResult.ts";

/**
 * Arms that train alike to the last token and answer wherever both have finished: what tells them apart had no effect, and a difference of zero between
 * them is no finding.
 */
export function idleSettings(cells: readonly StudyCell[]): string[] {
  const trained = cells.filter(
    ({ outcome }) => outcome !== null && outcome.updates > 0 && outcome.spent.sampledTokens > 0,
  );
  const places = [...groupBy(trained, placeOf).values()];
  const pairs = groupBy(places.flatMap(eachTwo), ([a, b]) => JSON.stringify([a.arm, b.arm]));
  return [...pairs.values()].flatMap((both) => {
    const [first] = both;
    if (first === undefined || !both.every(([a, b]) => wentAlike(a, b))) return [];
    const [{ arm: a }, { arm: b }] = first;
    const where = both.length === 1 ? "the one world and seed" : `all ${both.length} worlds and seeds`;
    return [`${b} went as ${a} did, to the last token and answer, on ${where}: what tells them apart had no effect`];
  });
}

function eachTwo(cells: readonly StudyCell[]): (readonly [StudyCell, StudyCell])[] {
  return cells.flatMap((a, index) => cells.slice(index + 1).map((b) => [a, b] as const));
}

function wentAlike({ outcome: a }: StudyCell, { outcome: b }: StudyCell): boolean {
  return a?.spent.sampledTokens === b?.spent.sampledTokens && isDeepStrictEqual(a?.checkpoints, b?.checkpoints);
}
