import { wilsonInterval } from "../evaluation/statistics.ts";
import { normalQuantile } from "./statistics/distributions.ts";
import { groupBy } from "./statistics/groupBy.ts";
import { worldBootstrap, type WorldAnswers, type WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { askedAtEnd, endAnswers, worldOf, type EndAnswers } from "./studyCells.ts";
import type { StudyCell } from "./studyResult.ts";
import type { ArmRow, GroupAnswers, ShareOfRuns } from "./summaryTypes.ts";

/** A run is counted as one that ended well above this share of right answers. */
export const endsWell = 0.8;

/** How one arm ended on one pool in one regime; `cells` are its runs there. */
export async function armRow(
  cells: readonly StudyCell[],
  { arm, regime, pool }: Pick<ArmRow, "arm" | "regime" | "pool">,
  options: WorldBootstrapOptions,
): Promise<ArmRow> {
  const ends = cells.flatMap((cell) => {
    const end = endAnswers(cell, pool);
    return end === null ? [] : [{ cell, end }];
  });
  const runs = ends.map(({ cell, end }): WorldAnswers => {
    const { right, total } = end.answers.byCluster;
    const asked = (counts: readonly number[]): number[] => counts.filter((_, index) => (total[index] ?? 0) > 0);
    return { regime, world: worldOf(cell), plus: { right: asked(right), total: asked(total) }, minus: null };
  });
  return {
    arm,
    regime,
    pool,
    runs: ends.length,
    missing: missingOf(cells, pool),
    accuracy: runs.length === 0 ? null : await worldBootstrap(runs, options),
    above: shareAbove(ends, options.confidence),
    ungraded: cells.reduce((sum, cell) => sum + (askedAtEnd(cell, pool)?.answers.ungraded ?? 0), 0),
    groups: groupsOf(ends.map(({ end }) => end)),
    metrics: metricsOf(ends.map(({ end }) => end)),
  };
}

function missingOf(cells: readonly StudyCell[], pool: string): ArmRow["missing"] {
  const missing: Record<string, number> = {};
  for (const cell of cells) {
    const why = whyMissing(cell, pool);
    if (why !== null) missing[why] = (missing[why] ?? 0) + 1;
  }
  return missing;
}

function whyMissing(cell: StudyCell, pool: string): keyof ArmRow["missing"] | null {
  if (cell.status !== "finished") return cell.status;
  const asked = askedAtEnd(cell, pool);
  if (asked === null) return "not-asked";
  return asked.answers.total === 0 ? "not-graded" : null;
}

function shareAbove(
  ends: readonly { readonly cell: StudyCell; readonly end: EndAnswers }[],
  confidence: number,
): ShareOfRuns | null {
  if (ends.length === 0) return null;
  const values = ends.map(({ cell, end: { answers } }) => ({
    cluster: worldOf(cell),
    value: answers.right / answers.total > endsWell ? 1 : 0,
  }));
  const { mean: share, low, high } = wilsonInterval(values, normalQuantile((1 + confidence) / 2));
  return { share, low, high, runs: values.length };
}

function groupsOf(ends: readonly EndAnswers[]): GroupAnswers[] {
  const counted = ends.flatMap(({ answers: { byCluster }, clusters }) =>
    clusters.flatMap(({ group }, index) =>
      group === null ? [] : [{ group, right: byCluster.right[index] ?? 0, total: byCluster.total[index] ?? 0 }],
    ),
  );
  return [...groupBy(counted, ({ group }) => group)]
    .map(([group, own]) => ({
      group,
      right: own.reduce((sum, { right }) => sum + right, 0),
      total: own.reduce((sum, { total }) => sum + total, 0),
    }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

function metricsOf(ends: readonly EndAnswers[]): ArmRow["metrics"] {
  const names = [...new Set(ends.flatMap(({ answers }) => Object.keys(answers.metrics)))].toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const values = ends.flatMap(({ answers }) => answers.metrics[name] ?? []);
      return [name, { mean: values.reduce((sum, value) => sum + value, 0) / values.length, runs: values.length }];
    }),
  );
}
