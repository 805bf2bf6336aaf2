import { guardNames, type GuardName } from "../domain/guard.ts";
import type { PlannedStep, StepOutcome } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { CheckpointRef, Policy, RunControl } from "../policy/port.ts";
import { executePlan } from "./execute.ts";
import { checkGuards } from "./guards.ts";
import type { GuardFinding, GuardReadings, GuardSettings } from "./guards.ts";
import { gapMetric } from "./staleness.ts";
import { demonstrationMetrics } from "./demonstrationMetrics.ts";
import { behaviourMetrics, throughput, tokenMetrics, updateMetrics } from "./stepMetrics.ts";
import type { Metrics } from "./stepMetrics.ts";

export interface ApplyOptions {
  readonly guard: GuardSettings;
  /** Guards to check; all of them when left out. */
  readonly guards?: readonly GuardName[];
  /** Metrics of the tool calls in the step's trajectories. Left out, the step has none. */
  readonly toolMetrics?: (trajectories: readonly Trajectory[]) => Metrics;
  /** Metrics to measure on the policy after the step. */
  readonly afterwards?: (policy: Policy) => Promise<Metrics>;
  readonly control?: RunControl;
}

/** A step that was applied but is not recorded yet, or the guard that refused it. */
export type Application =
  | { readonly kind: "applied"; readonly outcome: StepOutcome }
  | ({ readonly kind: "refused" } & GuardFinding);

/** Carries a guard's finding out of the middle of a plan. */
class GuardTripped extends Error {
  constructor(readonly finding: GuardFinding) {
    super(finding.message);
  }
}

/** A planned step with the values that its update is compared with. */
export interface ReadyUpdate extends PlannedStep {
  /** The plan's reference policy; undefined without a KL term. */
  readonly reference: CheckpointRef | undefined;
  /**
   * Share (0–1) of trajectories that passed the format gate in the stage's first iteration; null in that iteration
   * itself.
   */
  readonly initialFormatShare: number | null;
}

/**
 * Applies a plan's optimiser steps to a policy in the state that the plan starts from. Guards are checked before
 * anything is applied and at every minibatch. Unless the result is "applied", the policy is in an undefined state:
 * discard it.
 */
export async function applyStep(
  policy: Policy,
  step: ReadyUpdate,
  { guard, guards = guardNames, toolMetrics, afterwards, control = {} }: ApplyOptions,
): Promise<Application> {
  const started = performance.now();
  const { plan, trajectories, scores } = step;
  const demonstrated = plan.learns === "demonstrations";
  // The policy did not sample demonstrations, so rewards and ratios mean nothing for them.
  const behaviour: Metrics = demonstrated ? {} : behaviourMetrics(trajectories, scores, toolMetrics?.(trajectories));
  const formatShare = behaviour["format/share"] ?? 0;
  const check = (readings: GuardReadings): void => {
    const finding = checkGuards(readings, guard, guards);
    if (finding !== null) throw new GuardTripped(finding);
  };
  try {
    check({ formatShare, initialFormatShare: step.initialFormatShare ?? formatShare });
    const results = await executePlan(policy, step, control, {
      beforeStep: ({ loss, entropySum, tokens, logProbabilityGapMax }, minibatch) =>
        check({
          loss,
          ...(entropySum !== null && { entropy: entropySum / tokens }),
          ...(minibatch === 0 && { logProbabilityGap: gapOf(step, logProbabilityGapMax) }),
        }),
      afterStep: ({ gradientNorm }) => check(gradientNorm === null ? {} : { gradientNorm }),
    });
    const timings = { ...step.timings, "timing_s/update": (performance.now() - started) / 1000 };
    const metrics = {
      ...behaviour,
      ...(demonstrated ? demonstrationMetrics(step, results) : updateMetrics(step, results)),
      ...(await afterwards?.(policy)),
      ...timings,
      ...throughput(trajectories, timings),
      ...tokenMetrics(step),
    };
    return {
      kind: "applied",
      outcome: {
        branch: plan.branch,
        step: plan.step,
        stateHash: await policy.stateHash(),
        fingerprint: policy.fingerprint,
        metrics,
      },
    };
  } catch (error) {
    if (!(error instanceof GuardTripped)) throw error;
    await policy.discardGradient();
    return { kind: "refused", ...error.finding };
  }
}

/**
 * The gap between sampled and recomputed log-probabilities by equal weights. What was sampled before the last update differs from the policy of
 * now as it should: what was measured when it was sampled says whether the sampler was right.
 */
function gapOf({ plan, timings }: PlannedStep, now: number): number {
  return plan.staleness === undefined ? now : (timings[gapMetric] ?? NaN);
}
