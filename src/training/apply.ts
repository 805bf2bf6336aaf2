import { guardNames, type GuardName } from "../domain/guard.ts";
import type { StepOutcome, StepPlan } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Policy, RunControl } from "../policy/port.ts";
import type { RunLog } from "../trajectories/log.ts";
import { executePlan } from "./execute.ts";
import { checkGuards } from "./guards.ts";
import type { GuardFinding, GuardReadings, GuardSettings } from "./guards.ts";
import { referenceOf } from "./reference.ts";
import { readPlannedTrajectories } from "./replay.ts";
import { initialFormatShare, readPlannedScores } from "./formatShare.ts";
import { behaviourMetrics, throughput, updateMetrics } from "./stepMetrics.ts";
import type { Metrics } from "./stepMetrics.ts";

export interface ApplyOptions {
  readonly guard: GuardSettings;
  /** Those that the run's algorithm has; all when left out. */
  readonly guards?: readonly GuardName[];
  /** How the step's trajectories called their tools; without it no metric tells of that. */
  readonly toolMetrics?: (trajectories: readonly Trajectory[]) => Metrics;
  readonly control?: RunControl;
}

/** A step that was taken but is not recorded yet, or why it must not be. */
export type Application =
  | { readonly kind: "applied"; readonly outcome: StepOutcome }
  | ({ readonly kind: "refused" } & GuardFinding);

/** Carries a guard's finding out of the middle of a plan. */
class GuardTripped extends Error {
  constructor(readonly finding: GuardFinding) {
    super(finding.message);
  }
}

/**
 * Takes a plan's optimiser steps on a policy that stands at the plan's parent. Guards are checked before anything is
 * applied and at every minibatch. Unless the result is "applied" the policy is half-way and must be thrown away.
 */
export async function applyPlan(
  policy: Policy,
  log: RunLog,
  plan: StepPlan,
  { guard, guards = guardNames, toolMetrics, control = {} }: ApplyOptions,
): Promise<Application> {
  const started = performance.now();
  const trajectories = await readPlannedTrajectories(log, plan);
  const scores = await readPlannedScores(log, plan);
  const behaviour = behaviourMetrics(trajectories, scores, toolMetrics?.(trajectories));
  const check = (readings: GuardReadings): void => {
    const finding = checkGuards(readings, guard, guards);
    if (finding !== null) throw new GuardTripped(finding);
  };
  try {
    check({ formatShare: behaviour["format/share"] ?? 0, initialFormatShare: await initialFormatShare(log, plan) });
    const results = await executePlan(
      policy,
      plan,
      { trajectories, reference: await referenceOf(log, plan) },
      control,
      {
        beforeStep: ({ loss, entropySum, tokens, logProbabilityGapMax }, minibatch) =>
          check({
            loss,
            entropy: entropySum / tokens,
            ...(minibatch === 0 && { logProbabilityGap: logProbabilityGapMax }),
          }),
        afterStep: ({ gradientNorm }) => check({ gradientNorm }),
      },
    );
    const timings = { ...(await recordedTimings(log, plan)), "timing_s/update": (performance.now() - started) / 1000 };
    const metrics = { ...behaviour, ...updateMetrics(plan, results), ...timings, ...throughput(trajectories, timings) };
    const { branch, step } = plan;
    return {
      kind: "applied",
      outcome: { branch, step, stateHash: await policy.stateHash(), fingerprint: policy.fingerprint, metrics },
    };
  } catch (error) {
    if (!(error instanceof GuardTripped)) throw error;
    await policy.discardGradient();
    return { kind: "refused", ...error.finding };
  }
}

/** What rolling out and scoring took, as their batches say. */
async function recordedTimings(log: RunLog, plan: StepPlan): Promise<Metrics> {
  const details = [
    ...(await Promise.all(plan.batches.map((batch) => log.readBatchDetails(batch)))),
    ...(await log.readScores(plan)),
  ];
  const seconds: Metrics = {};
  for (const { timings } of details)
    for (const [name, value] of Object.entries(timings)) seconds[name] = (seconds[name] ?? 0) + value;
  return seconds;
}
