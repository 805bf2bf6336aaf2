import { deviationOf, mean } from "../domain/mean.ts";
import type { Score } from "../domain/reward.ts";

/** How one reward is spread over an iteration's trajectories. */
export interface RewardSpread {
  readonly name: string;
  /** Trajectories that have a value. */
  readonly scored: number;
  readonly mean: number;
  /** Sample standard deviation; 0 for one value. */
  readonly deviation: number;
  /** Pearson correlation with being right; null where either does not vary. */
  readonly correlation: number | null;
}

/** The spread of every reward among the trajectories that passed the format gate and could be graded; rewards without a value are left out. */
export function rewardSpreads(scores: readonly Score[]): RewardSpread[] {
  const passed = scores.filter(({ values, correct }) => values["format"] === 1 && correct !== null);
  const names = new Set(passed.flatMap((score) => Object.keys(score.values)));
  return [...names].flatMap((name) => {
    const pairs = passed.flatMap(({ values, correct }) => {
      const value = values[name] ?? null;
      return value === null ? [] : [{ value, correct: correct === true ? 1 : 0 }];
    });
    if (pairs.length === 0) return [];
    const values = pairs.map(({ value }) => value);
    return [
      {
        name,
        scored: pairs.length,
        mean: mean(values),
        deviation: deviationOf(values),
        correlation: correlationOf(
          values,
          pairs.map(({ correct }) => correct),
        ),
      },
    ];
  });
}

/** Metrics of the spreads: `reward_deviation/<name>`, and `reward_correlation/<name>` where it is defined. */
export function spreadMetrics(scores: readonly Score[]): Record<string, number> {
  return Object.fromEntries(
    rewardSpreads(scores).flatMap(({ name, deviation, correlation }) => [
      [`reward_deviation/${name}`, deviation],
      ...(correlation === null ? [] : [[`reward_correlation/${name}`, correlation] as const]),
    ]),
  );
}

/** How far a series moves: mean of its last fifth minus mean of its first; null below ten values. */
export function drift(values: readonly number[]): number | null {
  if (values.length < 10) return null;
  const fifth = Math.floor(values.length / 5);
  return mean(values.slice(-fifth)) - mean(values.slice(0, fifth));
}

/** A reward that rises while accuracy falls, both by more than 0.05, may be exploited. */
export function isSuspect(reward: readonly number[], accuracy: readonly number[]): boolean {
  return (drift(reward) ?? 0) > 0.05 && (drift(accuracy) ?? 0) < -0.05;
}

function correlationOf(a: readonly number[], b: readonly number[]): number | null {
  const [meanOfA, meanOfB] = [mean(a), mean(b)];
  let together = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanOfA, (b[index] ?? meanOfB) - meanOfB];
    together += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  }
  const scale = Math.sqrt(squaresOfA * squaresOfB);
  return scale < 1e-12 ? null : Math.min(1, Math.max(-1, together / scale));
}
