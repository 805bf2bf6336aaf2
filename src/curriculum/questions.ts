import { baselinePool } from "../evaluation/baselines.ts";
import { answeringOf, poolAsked, sampledPool } from "../evaluation/sampledPools.ts";
import type { Dataset } from "../domain/dataset.ts";
import { didYouMean } from "../domain/nearest.mjs";
import type { Question } from "../domain/question.ts";
import { randomStream } from "../domain/seed.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { protocolProbePool } from "./protocolProbe.ts";

/** The pool that gates compare checkpoints on. */
export const validationPool = "validation";

export interface StepQuestions {
  readonly seed: number;
  /** Step of the run, so that stages and branches go on through the epoch. */
  readonly step: number;
  /** Number of questions of an iteration. */
  readonly count: number;
}

/**
 * The questions of a step: each epoch goes through the training questions in an order of its own. What is left of an
 * epoch and would not fill a step is left out, so that no step has a question twice.
 */
export function questionsOfStep(training: readonly Question[], { seed, step, count }: StepQuestions): Question[] {
  const stepsPerEpoch = Math.floor(training.length / count);
  if (stepsPerEpoch === 0)
    throw new RangeError(
      `rollout.questions: ${count} questions an iteration, but the data set has only ${training.length} for training`,
    );
  const epoch = Math.floor(step / stepsPerEpoch);
  const start = (step % stepsPerEpoch) * count;
  return randomStream([seed, "questions", epoch])
    .shuffle(training)
    .slice(start, start + count);
}

/** Questions asked beside a step's own, since groups of theirs teach nothing. */
export interface FurtherQuestions extends StepQuestions {
  /** Number of further questions that the step has asked before. */
  readonly asked: number;
  readonly wanted: number;
}

/** Further questions for a step, in an order of the step's own, none of them asked in it before; fewer where the data set has no more. */
export function furtherQuestions(
  training: readonly Question[],
  { asked, wanted, ...step }: FurtherQuestions,
): Question[] {
  const own = new Set(questionsOfStep(training, step).map(({ id }) => id));
  const others = training.filter(({ id }) => !own.has(id));
  return randomStream([step.seed, "questions", "further", step.step])
    .shuffle(others)
    .slice(asked, asked + wanted);
}

/** A part of a rollout: which one, from 0, of how many. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The questions of a shard: a run of them in their order, as long as the others' but for one. */
export function questionsOfShard(questions: readonly Question[], { index, of }: Shard): Question[] {
  const start = (shard: number): number => Math.floor((shard * questions.length) / of);
  return questions.slice(start(index), start(index + 1));
}

/** Names of the pools that a run's checkpoints are evaluated on. */
export function configuredPools(
  dataset: Pick<Dataset, "evaluation">,
  configuration: Pick<RunConfiguration, "evaluation">,
): string[] {
  const pools = plainPools(dataset, configuration);
  return [...pools, ...(configuration.evaluation.sampled === null ? [] : pools.map(sampledPool))];
}

/** Names of the pools that are answered once, as `evaluation` says. */
function plainPools(
  dataset: Pick<Dataset, "evaluation">,
  configuration: Pick<RunConfiguration, "evaluation">,
): string[] {
  return configuration.evaluation.questions === 0
    ? []
    : dataset.evaluation.filter((pool) => pool.questions.length > 0).map((pool) => pool.name);
}

/** Names under which the run's baselines answer the same pools; they stand with the base policy. */
export function baselinePools(
  dataset: Pick<Dataset, "evaluation">,
  configuration: Pick<RunConfiguration, "evaluation" | "baselines">,
): string[] {
  const pools = plainPools(dataset, configuration);
  return configuration.baselines.flatMap(({ name }) => pools.map((pool) => baselinePool(name, pool)));
}

/** The questions of a pool that a run evaluates on; the same ones in every run of the same size. */
export function questionsOfPool(
  dataset: Pick<Dataset, "validation" | "evaluation">,
  pool: string,
  configuration: Pick<RunConfiguration, "gate" | "evaluation" | "warmStart">,
): Question[] {
  if (pool === protocolProbePool)
    return spreadOverClusters(dataset.validation, configuration.warmStart.probeQuestions, pool);
  if (pool === validationPool) return spreadOverClusters(dataset.validation, configuration.gate.questions, pool);
  const asked = poolAsked(pool);
  const questions = dataset.evaluation.find((one) => one.name === asked)?.questions;
  if (questions === undefined) throw noSuchPool(pool, [validationPool, ...dataset.evaluation.map((one) => one.name)]);
  return spreadOverClusters(questions, configuration.evaluation.questions, asked);
}

/** Answers of an evaluation on a pool: its questions, each answered as often as `evaluation` says. */
export function answersOfPool(
  dataset: Pick<Dataset, "validation" | "evaluation">,
  pool: string,
  configuration: Pick<RunConfiguration, "gate" | "evaluation" | "warmStart">,
): number {
  return questionsOfPool(dataset, pool, configuration).length * answeringOf(pool, configuration.evaluation).samples;
}

function noSuchPool(pool: string, known: readonly string[]): RangeError {
  return new RangeError(`there is no pool "${pool}"; known are ${known.join(", ")}${didYouMean(pool, known)}`);
}

/** At most `count` questions in the pool's order, from as many clusters as can be: more clusters, narrower intervals. */
function spreadOverClusters(questions: readonly Question[], count: number, pool: string): Question[] {
  const taken = new Map<string, number>();
  /** The first of every cluster, the second of every cluster, and so on, each in drawn order. */
  const turns: Question[][] = [];
  for (const question of randomStream(["pool", pool]).shuffle(questions)) {
    const turn = taken.get(question.cluster) ?? 0;
    taken.set(question.cluster, turn + 1);
    (turns[turn] ??= []).push(question);
    // Enough clusters were met: no second question of any is taken.
    if (turns[0]?.length === count) break;
  }
  const chosen = new Set(turns.flat().slice(0, count));
  return questions.filter((question) => chosen.has(question));
}
