import type { RunConfiguration } from "../configuration/configuration.ts";
import { openBranch } from "../curriculum/branches.ts";
import { stageStart } from "../curriculum/position.ts";
import { settingsAt } from "../curriculum/stepSettings.ts";
import type { StepAddress } from "../domain/address.ts";
import type { BatchReceipt, PlannedStep, ScoredStep, StepPlan } from "../domain/step.ts";
import { hashOf } from "../trajectories/canonical.ts";
import { DamagedLogError } from "../trajectories/damage.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import { algorithmOf } from "./learning.ts";
import { createPlan, largestMicroBatch, withSmallerMicroBatches, type ReadyStep } from "./plan.ts";
import { stateHashAt } from "./replay.ts";
import { stalenessMetric } from "./staleness.ts";

/**
 * Appends a step's plan with its scores, in one commit. An earlier plan for equal batches is kept; it is written again
 * where its batches cannot be read any more. An earlier plan for other batches opens a new branch, which the returned
 * plan names.
 */
export async function recordStep(
  log: RunLog,
  configuration: RunConfiguration,
  address: StepAddress,
  ready: ReadyStep,
): Promise<PlannedStep> {
  if (ready.scores.length !== ready.trajectories.length)
    throw new RangeError(`${ready.scores.length} scores for ${ready.trajectories.length} trajectories`);
  const known = await log.readPlan(address);
  if (known !== null && sameBatches(known.batches, ready.batches))
    return (await readable(log, known)) ?? append(log, withReceipts(known, ready), ready);
  const branch =
    known === null
      ? address.branch
      : await openBranch(log, address, {
          cause: "different-plan",
          stage: null,
          reason: `step ${address.step} was planned anew from other trajectories`,
          learningRateFactor: 1,
        });
  const place = { ...address, branch };
  const planned = await append(log, planStep(await log.history(), configuration, place, ready), ready);
  return sameBatches(planned.batches, ready.batches) ? planned : recordStep(log, configuration, place, ready);
}

/**
 * After a plan did not fit into memory: records the same plan with micro-batches of half the size. Throws RangeError when
 * they hold a single sequence already.
 */
export async function replacePlan(log: RunLog, step: PlannedStep): Promise<PlannedStep> {
  const { plan, trajectories } = step;
  const largest = largestMicroBatch(plan, trajectories);
  if (plan.minibatches.flat().every((members) => members.length <= 1)) {
    throw new RangeError(
      `step ${plan.step} does not fit into memory one sequence at a time (${largest} tokens): lower rollout.maxResponseTokens or use a larger machine`,
    );
  }
  return append(log, withSmallerMicroBatches(plan, trajectories, Math.floor(largest / 2)), step);
}

/** Returns the step that counts: another attempt's plan where that came first. */
async function append(log: RunLog, plan: StepPlan, step: ScoredStep): Promise<PlannedStep> {
  const { batches, trajectories, fingerprint, timings, scores } = step;
  const counted = await log.appendPlan(plan, { scores: [...scores], timings: { ...timings } }, trajectories);
  if (hashOf(counted) === hashOf(plan)) return { batches, trajectories, fingerprint, timings, scores, plan };
  const others = await log.readStep(counted);
  if (others === null) throw new Error(`step ${plan.step} of branch "${plan.branch}" lost its plan`);
  return others;
}

function planStep(
  history: RunHistory,
  configuration: RunConfiguration,
  address: StepAddress,
  ready: ReadyStep,
): StepPlan {
  const { branch, step, stage } = address;
  const parentStateHash = stateHashAt(history, address);
  if (parentStateHash === null)
    throw new RangeError(`step ${step} of branch "${branch}" cannot be planned: the step before it has not been taken`);
  const settings = settingsAt(configuration, history, address);
  return createPlan({
    configuration,
    algorithm: algorithmOf(configuration, settings.learns),
    settings,
    address,
    parentStateHash,
    stageStart: history.policy(stageStart(history, stage)),
    ready,
    staleness: ready.timings[stalenessMetric] ?? 0,
  });
}

/** The same plan, naming the batches that can be read. */
function withReceipts(plan: StepPlan, { batches, scores }: ReadyStep): StepPlan {
  return { ...plan, batches: [...batches], scoresHash: hashOf(scores), revision: plan.revision + 1 };
}

/** Reads the step of a recorded plan; null where the batches that it names cannot be read. */
async function readable(log: RunLog, plan: StepPlan): Promise<PlannedStep | null> {
  try {
    return await log.readStep(plan);
  } catch (error) {
    if (error instanceof DamagedLogError) return null;
    throw error;
  }
}

/** Whether batches have equal content, also where that was written twice. */
function sameBatches(a: readonly BatchReceipt[], b: readonly BatchReceipt[]): boolean {
  return (
    a.length === b.length && a.every(({ count, hash }, index) => count === b[index]?.count && hash === b[index]?.hash)
  );
}
