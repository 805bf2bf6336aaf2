import type { PlannedStep } from "../domain/step.ts";
import type { MinibatchResult } from "./execute.ts";
import { learntTokens, responseLengths, whereKnown, type Metrics } from "./stepMetrics.ts";

/** How many a step learnt from; steps on what the policy sampled have no such metric. */
export const demonstrationsMetric = "demonstrations/count";

/** Of the held-out demonstrations: mean cross-entropy in nats per token that the policy itself would write. */
export const validationLossMetric = "demonstrations/validation_loss";

/** What learning from demonstrations measured: mean cross-entropy of its minibatches before each step (nats per token), no rewards, no ratios. */
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
