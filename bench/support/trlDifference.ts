import type { Algorithm, ScoredBatch } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/algorithmRegistry.ts";
import { coefficientsOf } from "../../src/engines/tinker/objective/coefficients.ts";
import type { TrlCase, TrlSupervised } from "./trlFixture.ts";

/** Largest difference of advantages, loss and gradient from TRL's, relative to the value where that is above 1. */
export function largestDifference(one: TrlCase): number {
  const algorithm = algorithms.create(algorithms.Chosen.parse(one.algorithm));
  const advantages = algorithm.advantages(batchOf(one)).map((advantage) => advantage ?? NaN);
  const { loss, gradient } = lossOf(algorithm, one, advantages);
  return Math.max(
    ...advantages.map((value, sample) => difference(value, one.advantages[sample])),
    ...gradient.flatMap((row, sample) => row.map((value, token) => difference(value, one.gradient[sample]?.[token]))),
    difference(loss, one.loss),
  );
}

/** The same of the mean cross-entropy over the tokens that count. */
export function supervisedDifference({ logProbabilities, mask, loss }: TrlSupervised): number {
  const sft = algorithms.create(algorithms.Chosen.parse("sft"));
  const given = { current: logProbabilities, sampled: logProbabilities, mask, maxResponseTokens: 16 };
  return difference(
    lossOf(
      sft,
      given,
      mask.map(() => 1),
    ).loss,
    loss,
  );
}

function batchOf({ rewards, weights, groupSize }: TrlCase): ScoredBatch {
  return {
    samples: rewards.map((row, sample) => ({
      questionId: String(Math.floor(sample / groupSize)),
      total: row.reduce((sum, value, component) => sum + value * (weights[component] ?? 0), 0),
      correct: false,
    })),
    components: weights.map((weight, component) => ({
      name: `component ${component}`,
      weight,
      values: rewards.map((row) => row[component] ?? null),
    })),
    questions: rewards.length / groupSize,
  };
}

/** Loss and gradient of one minibatch; tokens outside the mask have no gradient. */
function lossOf(
  algorithm: Algorithm,
  { current, sampled, mask, maxResponseTokens }: Pick<TrlCase, "current" | "sampled" | "mask" | "maxResponseTokens">,
  advantages: readonly number[],
): { loss: number; gradient: number[][] } {
  const policyTokens = mask.flat().reduce((sum, bit) => sum + bit, 0);
  const divisor = algorithm.lossDivisor({ sequences: current.length, policyTokens, maxResponseTokens });
  const { loss: planned } = algorithm;
  const sequences = current.map((row, sample) => {
    const own = (values: readonly number[] = []): number[] => values.filter((_, token) => mask[sample]?.[token] === 1);
    const tokens = { current: own(row), sampled: own(sampled[sample]), advantage: advantages[sample] ?? NaN };
    const { loss, gradient } = coefficientsOf(planned, tokens, divisor);
    let next = 0;
    return { loss, gradient: row.map((_, token) => (mask[sample]?.[token] === 1 ? (gradient[next++] ?? NaN) : 0)) };
  });
  return {
    loss: sequences.reduce((sum, { loss }) => sum + loss, 0),
    gradient: sequences.map(({ gradient }) => gradient),
  };
}

function difference(ours: number, theirs = NaN): number {
  return Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
}
