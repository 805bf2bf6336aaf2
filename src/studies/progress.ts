import { addUsage, noSpent, type Spent } from "../domain/usage.ts";
import type { KeptCells } from "./keptCells.ts";
import type { PlannedCell } from "./planStudy.ts";
import type { CellAddress } from "./studyResult.ts";

/** What the finished runs of a study took together; money is null where one had no price. */
export function spentOfStudy(cells: readonly PlannedCell[], kept: KeptCells): Spent {
  const each = cells.flatMap(({ configurationHash }) => kept.get(configurationHash)?.outcome.spent ?? []);
  return each.reduce(addSpent, { ...noSpent, money: 0 });
}

function addSpent(a: Spent, b: Spent): Spent {
  return {
    ...addUsage(a, b),
    serviceTokens: a.serviceTokens + b.serviceTokens,
    serviceRequests: a.serviceRequests + b.serviceRequests,
    money: a.money === null || b.money === null ? null : a.money + b.money,
  };
}

/** As a person reads it: "joint, world 3, seed 3"; the regime where a study has several. */
export function labelOf({ arm, regime, world, seed }: CellAddress, regimes: number): string {
  return [arm, ...(regimes > 1 ? [regime] : []), ...(world === null ? [] : [`world ${world}`]), `seed ${seed}`].join(
    ", ",
  );
}
