import type { PlannedStep } from "../domain/step.ts";
import type { MinibatchResult } from "./execute.ts";
import { learntTokens, responseLengths, whereKnown, type Metrics } from "./stepMetrics.ts";

/** Number of demonstrations that a step learnt from. Steps on sampled trajectories have no such metric. */
export const demonstrationsMetric = "demonstrations/count";

/** Mean cross-entropy of the held-out demonstrations, in nats per policy token. */
export const validationLossMetric = "demonstrations/validation_loss";

/**
 * Metrics of learning from demonstrations: the mean cross-entropy of each minibatch before its step, in nats per token.
 * There are no rewards and no ratios.
 */
export function demonstrationMetrics(
  { plan, trajectories }: Pick<PlannedStep, "plan" | "trajectories">,
  results: readonly MinibatchResult[],
): Metrics {
  const tokens = results.reduce((sum, result) => sum + result.tokens, 0);
  return {
    [demonstrationsMetric]: trajectories.length,
    "demonstrations/loss": results.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, results.length),
    "actor/lr": plan.optimizer.learningRate,
    ...whereKnown(
      "actor/grad_norm",
      results.map(({ gradientNorm }) => gradientNorm),
      (norms) => norms.reduce((sum, norm) => sum + norm, 0) / norms.length,
    ),
    ...whereKnown(
      "actor/entropy",
      results.map(({ entropySum }) => entropySum),
      (sums) => sums.reduce((sum, one) => sum + one, 0) / tokens,
    ),
    ...responseLengths(trajectories),
    ...learntTokens(results),
  };
}
