import type { Algorithm, RewardComponent, ScoredBatch } from "../algorithms/algorithm.ts";
import { checkedAlgorithm } from "../algorithms/checkedAlgorithm.ts";
import { algorithms } from "../algorithms/algorithmRegistry.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Score } from "../domain/reward.ts";
import type { StepSettings } from "../curriculum/stepSettings.ts";
import { questionsLeftOut } from "../rewards/unscored.ts";

/**
 * The algorithm of a run's step, which throws PartFaultError for what cannot be used. Demonstrations are always learnt by
 * cross-entropy, whatever the run's algorithm.
 */
export function algorithmOf(
  { algorithm }: Pick<RunConfiguration, "algorithm">,
  learns: StepSettings["learns"] = "rollouts",
): Algorithm {
  const chosen = learns === "demonstrations" ? { name: "sft", settings: {} } : algorithm;
  return checkedAlgorithm(chosen.name, algorithms.create(chosen));
}

/** A scored step, as input of its algorithm. */
export interface LearningSources {
  readonly trajectories: readonly { readonly questionId: string }[];
  readonly scores: readonly Score[];
  readonly components: readonly RewardComponent[];
  /** Number of questions that an update is to learn from. */
  readonly questions: number;
}

/** The part of a step that the algorithm sees, and where its samples are in the step. */
export interface LearningBatch extends ScoredBatch {
  /** Index of each sample among the step's trajectories. */
  readonly indices: readonly number[];
  /** Number of trajectories in the step. */
  readonly count: number;
}

/** Leaves out groups in which a grader failed: a comparison within them would be wrong. */
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
      ...(component.standsIn && { standsIn: indices.map((index) => component.standsIn?.[index] === true) }),
    })),
  };
}

/**
 * Returns one advantage per trajectory of the step; null for trajectories that take no part in the update, those that the algorithm
 * did not see among them.
 */
export function advantagesOf(algorithm: Algorithm, batch: LearningBatch): (number | null)[] {
  const found = algorithm.advantages(batch);
  const advantages = Array.from({ length: batch.count }, (): number | null => null);
  for (const [position, index] of batch.indices.entries()) advantages[index] = found[position] ?? null;
  return advantages;
}
