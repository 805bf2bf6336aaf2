import { stageNamer } from "../report/stageEnds.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { IterationRecord } from "../trajectories/records.ts";
import type { TrainingCurve } from "./studyResult.ts";
import { meanOf } from "../domain/mean.ts";

/** Points of a curve at most: a kept cell stays small. */
const mostPoints = 60;

/** How long an update took, all its parts together. */
const seconds = "seconds/update";
/** How long the parts took is in no curve, nor what only tells of the engine's numerics. */
const leftOut = /^(?:timing_s|perf|optim|stop|reward_deviation)\/|^actor\/(?:lr|pg_loss|clip_ratio)/u;

/** The curve of a run's applied steps, in order. */
export function trainingCurve(history: RunHistory, records: readonly IterationRecord[]): TrainingCurve {
  const iterations = records.map(withSeconds);
  const every = Math.max(1, Math.ceil(iterations.length / mostPoints));
  const points = Math.ceil(iterations.length / every);
  const names = [...new Set(iterations.flatMap(({ metrics }) => Object.keys(metrics)))].filter(
    (name) => !leftOut.test(name),
  );
  const pointsOf = (name: string): (number | null)[] =>
    Array.from({ length: points }, (_, point) =>
      kept(meanOf(iterations.slice(point * every, (point + 1) * every).flatMap(({ metrics }) => metrics[name] ?? []))),
    );
  return {
    every,
    stages: stretches(history, iterations),
    metrics: Object.fromEntries(names.toSorted().map((name) => [name, pointsOf(name)])),
  };
}

/** Nothing is added where no part was timed. */
function withSeconds(record: IterationRecord): IterationRecord {
  const parts = Object.entries(record.metrics).flatMap(([name, value]) =>
    name.startsWith("timing_s/") ? [value] : [],
  );
  if (parts.length === 0) return record;
  return { ...record, metrics: { ...record.metrics, [seconds]: parts.reduce((sum, value) => sum + value, 0) } };
}

function stretches(history: RunHistory, iterations: readonly IterationRecord[]): TrainingCurve["stages"] {
  const nameOf = stageNamer(history, history.currentBranch);
  const updates = new Map<number, number>();
  for (const { stage } of iterations) updates.set(stage, (updates.get(stage) ?? 0) + 1);
  return [...updates].map(([stage, count]) => ({ name: nameOf(stage), updates: count }));
}

/** Curves are kept to four digits. */
function kept(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
