import { rewardSpreads } from "../rewards/health.ts";
import type { Metrics, Observation, Observed } from "../schedules/observation.ts";
import { demonstrationsMetric } from "../training/demonstrationMetrics.ts";
import type { EvaluationRecord, IterationRecord } from "../trajectories/records.ts";
import { validationPool } from "./questions.ts";

/** Iterations that are averaged: one of the quick preset has some hundred answers. */
const averaged = 3;

/** What the log holds of a branch for a schedule that observes: validation answers and training metrics, never those of other pools. */
export function observe(taken: readonly IterationRecord[], evaluations: readonly EvaluationRecord[]): Observed {
  // Demonstrations say nothing of how the policy answers.
  const iterations = taken.filter(({ metrics }) => metrics[demonstrationsMetric] === undefined);
  const validations = evaluations.filter(({ pool }) => pool === validationPool);
  const looks = validations.map((record): Observation => {
    const before = iterations.filter(({ step }) => step < record.step).slice(-averaged);
    return {
      step: record.step,
      validation: measuredOn(record),
      training: before.length === 0 ? null : meansOf(before),
    };
  });
  return { beginning: meansOf(iterations.slice(0, averaged)), looks: looks.toSorted((a, b) => a.step - b.step) };
}

function measuredOn({ results, metrics }: EvaluationRecord): Metrics {
  const graded = results.filter(({ correct }) => correct !== null);
  const spreads = rewardSpreads(results);
  return {
    ...metrics,
    ...(graded.length === 0
      ? {}
      : { accuracy: graded.filter(({ correct }) => correct === true).length / graded.length }),
    ...Object.fromEntries(spreads.map(({ name, mean }) => [`reward/${name}`, mean])),
    ...Object.fromEntries(
      spreads.flatMap(({ name, correlation }) =>
        correlation === null ? [] : [[`reward_correlation/${name}`, correlation] as const],
      ),
    ),
  };
}

/** Means of the metrics that say how answers were, where at least one of the iterations has them; nothing that depends on the attempt. */
function meansOf(iterations: readonly IterationRecord[]): Metrics {
  const values = new Map<string, number[]>();
  for (const { metrics } of iterations)
    for (const [name, value] of Object.entries(metrics))
      if (!/^(?:timing_s|perf)\//u.test(name)) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, list]) => [name, list.reduce((sum, value) => sum + value, 0) / list.length]),
  );
}
