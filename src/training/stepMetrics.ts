import { mean } from "../domain/mean.ts";
import type { Score } from "../domain/reward.ts";
import type { PlannedStep } from "../domain/step.ts";
import { plannedUsage, trainedTokens } from "../domain/usage.ts";
import { countTokens, sequenceLength, StopReason } from "../domain/trajectory.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { spreadMetrics } from "../rewards/health.ts";
import { isUnscored, questionsLeftOut, unscoredMetrics } from "../rewards/unscored.ts";
import type { MinibatchResult } from "./execute.ts";
import { gapMetric } from "./staleness.ts";
import { hasReference } from "./plan.ts";

export type Metrics = Record<string, number>;

/** Largest |log ratio| (nats) of the policy to the one, an update older, that sampled. */
const largestRatioMetric = "optim/log_ratio_max";

/** Number of tokens whose gradient a step used. */
export const learntTokensMetric = "tokens/learnt";

/**
 * Metrics of a step's trajectories before anything is learnt from them; `tools` are the metrics of tool calls. Shares
 * are of all trajectories (0–1).
 */
export function behaviourMetrics(
  trajectories: readonly Trajectory[],
  scores: readonly Score[],
  tools: Metrics = {},
): Metrics {
  return {
    "reward/total": mean(scores.filter((score) => !isUnscored(score)).map((score) => score.total)),
    ...rewardMeans(scores),
    ...spreadMetrics(scores),
    accuracy: share(
      scores.filter(({ correct }) => correct !== null),
      ({ correct }) => correct === true,
    ),
    "format/share": share(scores, (score) => score.values["format"] === 1),
    ...tools,
    ...responseLengths(trajectories),
    ...Object.fromEntries(
      StopReason.options.map((reason) => [
        `stop/${reason}`,
        share(trajectories, (trajectory) => trajectory.stopReason === reason),
      ]),
    ),
    "groups/zero_variance": zeroVarianceGroups(trajectories, scores),
    ...groupsLeftOut(trajectories, scores),
  };
}

/** Tokens of responses, environment included. */
export function responseLengths(trajectories: readonly Trajectory[]): Metrics {
  const lengths = trajectories.map(
    (trajectory) => countTokens(trajectory, "policy") + countTokens(trajectory, "environment"),
  );
  return { "response_length/mean": mean(lengths), "response_length/max": Math.max(...lengths) };
}

/** Counts the tokens whose gradient the step used: the policy's own. */
export function learntTokens(results: readonly Pick<MinibatchResult, "tokens">[]): Metrics {
  return { [learntTokensMetric]: sum(results.map((result) => result.tokens)) };
}

/**
 * Metrics of applying a plan. Ratios are of the policy tokens learnt from. Sampled and recomputed log-probabilities are
 * compared in the first minibatch only: after it the policy differs from the sampler. Of stale batches the comparison shows the update in between,
 * and the gap was measured when they were sampled.
 */
export function updateMetrics({ plan }: Pick<PlannedStep, "plan">, results: readonly MinibatchResult[]): Metrics {
  const first = results[0];
  const learningRate = { "actor/lr": plan.optimizer.learningRate };
  if (first === undefined) return learningRate;
  const tokens = sum(results.map((result) => result.tokens));
  return {
    ...learningRate,
    "actor/pg_loss": mean(results.map((result, minibatch) => policyGradientLoss(plan, result, minibatch))),
    ...whereKnown(
      "actor/grad_norm",
      results.map((result) => result.gradientNorm),
      mean,
    ),
    ...whereKnown(
      "actor/entropy",
      results.map((result) => result.entropySum),
      (sums) => sum(sums) / tokens,
    ),
    ...(hasReference(plan.loss) && { "actor/kl_loss": sum(results.map((result) => result.klReferenceSum)) / tokens }),
    "actor/clip_ratio/low": sum(results.map((result) => result.clippedLow)) / tokens,
    "actor/clip_ratio/high": sum(results.map((result) => result.clippedHigh)) / tokens,
    "optim/kl_sample_train": first.klSampleTrainSum / first.tokens,
    [plan.staleness === undefined ? gapMetric : largestRatioMetric]: first.logProbabilityGapMax,
    ...learntTokens(results),
  };
}

/** Prompt and response tokens per second of the whole iteration. No metric where its time is unknown. */
export function throughput(trajectories: readonly Trajectory[], timings: Metrics): Metrics {
  const tokens = sum(trajectories.map(sequenceLength));
  const seconds = sum(Object.entries(timings).map(([name, value]) => (name.startsWith("timing_s/") ? value : 0)));
  return seconds > 0 ? { "perf/tokens_per_s": tokens / seconds } : {};
}

/** Token counts of the step: sampled, prefilled, and run forward and backward. */
export function tokenMetrics({ plan, trajectories }: Pick<PlannedStep, "plan" | "trajectories">): Metrics {
  const { sampledTokens, prefilledTokens } = plannedUsage(plan, trajectories);
  return {
    "tokens/sampled": sampledTokens,
    "tokens/prefilled": prefilledTokens,
    "tokens/trained": trainedTokens(plan, trajectories),
  };
}

/** A minibatch's loss without its KL and entropy terms. */
function policyGradientLoss(
  { loss, lossDivisors }: PlannedStep["plan"],
  result: MinibatchResult,
  minibatch: number,
): number {
  const { klCoefficient = 0, entropyCoefficient = 0 } = loss.kind === "cross-entropy" ? {} : loss;
  if (klCoefficient === 0 && entropyCoefficient === 0) return result.loss;
  return (
    result.loss -
    (klCoefficient * result.klReferenceSum - entropyCoefficient * (result.entropySum ?? 0)) /
      (lossDivisors[minibatch] ?? 1)
  );
}

/**
 * Mean of each reward over the trajectories that have a value, the share of those whose value was clamped, and the share
 * of trajectories that passed the gate without one.
 */
function rewardMeans(scores: readonly Score[]): Metrics {
  const names = new Set(scores.flatMap((score) => Object.keys(score.values)));
  const passed = scores.filter((score) => score.values["format"] === 1);
  const metrics: Metrics = {};
  for (const name of names) {
    const values = scores.flatMap((score) => score.values[name] ?? []);
    if (values.length > 0) metrics[`reward/${name}`] = mean(values);
    const clamped = scores.filter((score) => score.clamped?.includes(name) === true).length;
    if (clamped > 0) metrics[`clamped/${name}`] = clamped / values.length;
    const unscored = share(passed, (score) => (score.values[name] ?? null) === null);
    if (passed.length > 0 && unscored > 0) metrics[`unscored/${name}`] = unscored;
  }
  return metrics;
}

/** Share of questions whose trajectories all earned the same: they teach nothing. */
function zeroVarianceGroups(trajectories: readonly Trajectory[], scores: readonly Score[]): number {
  const totals = new Map<string, Set<number>>();
  const leftOut = questionsLeftOut(trajectories, scores);
  for (const [index, { questionId }] of trajectories.entries())
    if (!leftOut.has(questionId))
      totals.set(questionId, (totals.get(questionId) ?? new Set()).add(scores[index]?.total ?? 0));
  return share([...totals.values()], (distinct) => distinct.size === 1);
}

/**
 * Counts questions left out of the update because a grader failed, and the responses on which it failed. No metric
 * where all were scored.
 */
function groupsLeftOut(trajectories: readonly Trajectory[], scores: readonly Score[]): Metrics {
  const leftOut = questionsLeftOut(trajectories, scores).size;
  return leftOut === 0 ? {} : { "groups/left_out": leftOut, ...unscoredMetrics(scores) };
}

/** Keeps a figure only if the engine reported it for every minibatch. Otherwise it is left out, not 0. */
export function whereKnown(
  name: string,
  values: readonly (number | null)[],
  together: (values: readonly number[]) => number,
): Metrics {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? { [name]: together(known) } : {};
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / Math.max(1, items.length);
}
