import { percent } from "../../report/format.ts";
import type { Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import { lastUpdates } from "./lastUpdates.ts";
import { shareBar } from "./shareBar.ts";
import type { StudyCell, StudyResult } from "../studyResult.ts";

const prefix = "search/level/";

/** A histogram an arm and regime: the levels of the passages that were shown in the last updates, the most trusted first; null where no run tells. */
export function levelSection({ study, cells }: Pick<StudyResult, "study" | "cells">): Html | null {
  const groups = study.regimes.flatMap(({ name: regime }) =>
    study.arms.flatMap(({ name: arm }) => {
      const shares = levelShares(cells.filter((cell) => cell.arm === arm && cell.regime === regime));
      if (shares.length === 0) return [];
      return [
        {
          title: `${arm}, ${regime}`,
          rows: shares.map(([level, share]) => [level, shareBar(share), percent(share)]),
        },
      ];
    }),
  );
  if (groups.length === 0) return null;
  return table({
    caption: "Passages shown in the last updates, by level of evidence",
    columns: [{ title: "level" }, { title: "share of passages" }, numeric("share")],
    groups,
  });
}

/** Means over the runs that showed passages. */
export function levelShares(cells: readonly Pick<StudyCell, "outcome">[]): [string, number][] {
  const runs = cells.map(({ outcome }) =>
    Object.entries(outcome?.curve.metrics ?? {}).flatMap(([name, values]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), sum(lastUpdates(values))] as const] : [],
    ),
  );
  const telling = runs.map((levels) => new Map(levels)).filter((levels) => sum([...levels.values()]) > 0);
  const names = [...new Set(telling.flatMap((levels) => [...levels.keys()]))].toSorted(fromTheTop);
  return names.map((level) => {
    const shares = telling.map((levels) => (levels.get(level) ?? 0) / sum([...levels.values()]));
    return [level, sum(shares) / telling.length];
  });
}

/** The highest level first, "unknown" last. */
function fromTheTop(a: string, b: string): number {
  return (Number(b) || 0) - (Number(a) || 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
