import type { Algorithm, RewardComponent, ScoredBatch } from "../algorithms/algorithm.ts";
import { algorithms } from "../algorithms/algorithmRegistry.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Score } from "../domain/reward.ts";
import type { StepSettings } from "../curriculum/stepSettings.ts";
import { questionsLeftOut } from "../rewards/unscored.ts";

/** A run's algorithm at work; what is learnt from demonstrations is learnt by cross-entropy, whatever the algorithm. */
export function algorithmOf(
  { algorithm }: Pick<RunConfiguration, "algorithm">,
  learns: StepSettings["learns"] = "rollouts",
): Algorithm {
  return algorithms.create(learns === "demonstrations" ? { name: "sft", settings: {} } : algorithm);
}

/** What a step's algorithm is asked about. */
export interface LearningSources {
  readonly trajectories: readonly { readonly questionId: string }[];
  readonly scores: readonly Score[];
  readonly components: readonly RewardComponent[];
  /** Questions that an update is meant to learn from. */
  readonly questions: number;
}

/** The part of a step that an algorithm sees, and the trajectories it belongs to. */
export interface LearningBatch extends ScoredBatch {
  /** Of the samples among the step's trajectories. */
  readonly indices: readonly number[];
  /** Trajectories of the step. */
  readonly count: number;
}

/** Groups that a grader failed on are not for the algorithm to see: a comparison within them would be false. */
export function learningBatch({ trajectories, scores, components, questions }: LearningSources): LearningBatch {
  if (trajectories.length !== scores.length)
    throw new RangeError(`${scores.length} scores for ${trajectories.length} trajectories`);
  const leftOut = questionsLeftOut(trajectories, scores);
  const indices = trajectories.flatMap(({ questionId }, index) => (leftOut.has(questionId) ? [] : [index]));
  return {
    indices,
    count: trajectories.length,
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

/** One per trajectory of the step; null for those that take no part in the update. */
export function advantagesOf(algorithm: Algorithm, batch: LearningBatch): (number | null)[] {
  const found = algorithm.advantages(batch);
  if (found.length !== batch.indices.length)
    throw new RangeError(`the algorithm gave ${found.length} advantages for ${batch.indices.length} samples`);
  const advantages = Array.from({ length: batch.count }, (): number | null => null);
  for (const [position, index] of batch.indices.entries()) advantages[index] = found[position] ?? null;
  const bad = advantages.find((advantage) => advantage !== null && !Number.isFinite(advantage));
  if (bad !== undefined) throw new RangeError(`an advantage is ${bad}: advantages must be finite numbers`);
  return advantages;
}
