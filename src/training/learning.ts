import type { Algorithm, RewardComponent, ScoredBatch } from "../algorithms/algorithm.ts";
import { algorithms } from "../algorithms/algorithmRegistry.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Score } from "../domain/reward.ts";
import { questionsLeftOut } from "../rewards/unscored.ts";

/** A run's algorithm at work. */
export function algorithmOf({ algorithm }: Pick<RunConfiguration, "algorithm">): Algorithm {
  return algorithms.create(algorithm);
}

/** What a step's algorithm is asked about. */
export interface ScoredStep {
  readonly trajectories: readonly { readonly questionId: string }[];
  readonly scores: readonly Score[];
  readonly components: readonly RewardComponent[];
  /** Questions that an update is meant to learn from. */
  readonly questions: number;
}

/** Groups that a grader failed on are not for the algorithm to see: a comparison within them would be false. */
export function scoredBatch({
  trajectories,
  scores,
  components,
  questions,
}: ScoredStep): ScoredBatch & { readonly indices: readonly number[] } {
  const leftOut = questionsLeftOut(trajectories, scores);
  const indices = trajectories.flatMap(({ questionId }, index) => (leftOut.has(questionId) ? [] : [index]));
  return {
    indices,
    questions,
    samples: indices.map((index) => ({
      questionId: trajectories[index]?.questionId ?? "",
      total: scores[index]?.total ?? NaN,
      correct: scores[index]?.correct === true,
    })),
    components: components.map((component) => ({
      ...component,
      values: indices.map((index) => component.values[index] ?? null),
    })),
  };
}

/** One per trajectory; null for those that take no part in the update. */
export function advantagesOf(algorithm: Algorithm, step: ScoredStep): (number | null)[] {
  if (step.trajectories.length !== step.scores.length)
    throw new RangeError(`${step.scores.length} scores for ${step.trajectories.length} trajectories`);
  const batch = scoredBatch(step);
  const found = algorithm.advantages(batch);
  if (found.length !== batch.indices.length)
    throw new RangeError(`the algorithm gave ${found.length} advantages for ${batch.indices.length} samples`);
  const advantages: (number | null)[] = step.trajectories.map(() => null);
  for (const [position, index] of batch.indices.entries()) advantages[index] = found[position] ?? null;
  const bad = advantages.find((advantage) => advantage !== null && !Number.isFinite(advantage));
  if (bad !== undefined) throw new RangeError(`an advantage is ${bad}: advantages must be finite numbers`);
  return advantages;
}
