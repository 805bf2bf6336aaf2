import { z } from "zod";
import type { StepPlan } from "./step.ts";
import { countTokens, sequenceLength, type Trajectory } from "./trajectory.ts";

const count = z.number().int().min(0);

/** Work of a policy's engine, as the log counts it. */
export const Usage = z.object({
  /** Tokens that the policy wrote. */
  sampledTokens: count,
  /** Tokens that it read: prompts, each for every sample of it, and answers of tools. */
  prefilledTokens: count,
  /** Tokens of the sequences that updates ran forward and backward. */
  trainedTokens: count,
  /** Stretches sampled in one go: one for each response, one more behind each answer of a tool. */
  requests: count,
  /** Seconds of the attempts that the log keeps. Time of killed attempts is in no log. */
  seconds: z.number().min(0),
});
export type Usage = z.infer<typeof Usage>;

export const noUsage: Usage = { sampledTokens: 0, prefilledTokens: 0, trainedTokens: 0, requests: 0, seconds: 0 };

/** Sums two usages, part by part. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    sampledTokens: a.sampledTokens + b.sampledTokens,
    prefilledTokens: a.prefilledTokens + b.prefilledTokens,
    trainedTokens: a.trainedTokens + b.trainedTokens,
    requests: a.requests + b.requests,
    seconds: a.seconds + b.seconds,
  };
}

/** What sampling trajectories took: it depends on them alone, whoever sampled them and however often. */
export function sampledUsage(trajectories: readonly Pick<Trajectory, "promptTokens" | "segments">[]): Usage {
  return trajectories.reduce<Usage>(
    (sum, { promptTokens, segments }) => ({
      ...sum,
      sampledTokens: sum.sampledTokens + countTokens({ segments }, "policy"),
      prefilledTokens: sum.prefilledTokens + promptTokens.length + countTokens({ segments }, "environment"),
      requests: sum.requests + segments.filter(({ origin }) => origin === "policy").length,
    }),
    noUsage,
  );
}

/** What a plan's trajectories took to sample: nothing where they are demonstrations. */
export function plannedUsage(
  { learns }: Pick<StepPlan, "learns">,
  trajectories: readonly Pick<Trajectory, "promptTokens" | "segments">[],
): Usage {
  return learns === "demonstrations" ? noUsage : sampledUsage(trajectories);
}

/** Tokens that a plan's update runs forward and backward. */
export function trainedTokens(
  { minibatches }: Pick<StepPlan, "minibatches">,
  trajectories: readonly Pick<Trajectory, "promptTokens" | "segments">[],
): number {
  const lengths = trajectories.map(sequenceLength);
  return minibatches.flat(2).reduce((sum, index) => sum + (lengths[index] ?? 0), 0);
}

/** What a person sees of what a run took so far. */
export const Spent = Usage.extend({
  /** Tokens read and written by language models: judges, extractors, baselines. */
  serviceTokens: count,
  /** Requests to them. */
  serviceRequests: count,
  /** Cost of engine and services at the configured prices; null where the engine has no price. */
  money: z.number().nullable(),
});
export type Spent = z.infer<typeof Spent>;

export const noSpent: Spent = { ...noUsage, serviceTokens: 0, serviceRequests: 0, money: null };

/** All tokens that count against a budget. */
export function tokensOf(spent: Omit<Spent, "money">): number {
  return spent.sampledTokens + spent.prefilledTokens + spent.trainedTokens + spent.serviceTokens;
}
