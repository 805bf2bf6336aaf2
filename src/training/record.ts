import type { RewardComponent } from "../algorithms/algorithm.ts";
import type { Score } from "../domain/reward.ts";
import type { BatchReceipt, StepPlan } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { DamagedLogError } from "../trajectories/damage.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { StepAddress } from "../domain/address.ts";
import type { BatchScores } from "../trajectories/records.ts";
import { hashScores } from "../trajectories/tables/scoreRows.ts";
import { openBranch } from "../curriculum/branches.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { readPlannedScores } from "./formatShare.ts";
import { advantagesOf, algorithmOf } from "./learning.ts";
import { createPlan, largestMicroBatch, withSmallerMicroBatches } from "./plan.ts";
import { stageStart } from "../curriculum/position.ts";
import { readPlannedTrajectories, stateHashAt } from "./replay.ts";
import { settingsAt } from "../curriculum/stepSettings.ts";

/** What was found out about a step's batches. */
export interface StepScores {
  /** Of each batch's trajectories, in order. */
  readonly scores: readonly (readonly Score[])[];
  /** What the totals of all batches are made of; for algorithms that ask. */
  readonly components?: readonly RewardComponent[];
  /** Seconds by name. */
  readonly timings?: Readonly<Record<string, number>>;
}

/**
 * Appends the scores of a step's batches and the plan made from them, in one commit. A plan recorded before for equal
 * batches is kept (written again where what it names cannot be read any more); one for other batches makes this a new
 * branch, which the returned plan names.
 */
export async function recordStep(
  log: RunLog,
  configuration: RunConfiguration,
  place: StepAddress,
  batches: readonly BatchReceipt[],
  { scores, components = [], timings = {} }: StepScores,
): Promise<StepPlan> {
  const scored = batches.map((batch, index) => scoresOf(batch, scores[index] ?? [], index === 0 ? timings : {}));
  const history = await log.history();
  const known = history.plan(place) === null ? null : await log.readPlan(place);
  if (known !== null && sameBatches(known.batches, batches))
    return (await isReadable(log, known)) ? known : repair(log, known, batches, scored);
  const branch =
    known === null
      ? place.branch
      : await openBranch(log, place, {
          cause: "different-plan",
          reason: `step ${place.step} was planned anew from other trajectories`,
          learningRateFactor: 1,
        });
  const plan = await planStep(
    log,
    known === null ? history : await log.history(),
    configuration,
    { ...place, branch },
    batches,
    scored,
    components,
  );
  const counted = await log.appendPlan(plan, scored);
  return sameBatches(counted.batches, batches)
    ? counted
    : recordStep(log, configuration, { ...place, branch }, batches, { scores, components, timings });
}

async function planStep(
  log: RunLog,
  history: RunHistory,
  configuration: RunConfiguration,
  place: StepAddress,
  batches: readonly BatchReceipt[],
  scored: readonly BatchScores[],
  components: readonly RewardComponent[],
): Promise<StepPlan> {
  const { branch, step, stage, iteration } = place;
  const parentStateHash = stateHashAt(history, place);
  if (parentStateHash === null)
    throw new RangeError(`step ${step} of branch "${branch}" cannot be planned: the step before it has not been taken`);
  const trajectories: Trajectory[] = [];
  for (const batch of batches) trajectories.push(...(await log.readBatch(batch)));
  const scores = scored.flatMap((batch) => batch.scores);
  const algorithm = algorithmOf(configuration);
  const { fingerprint } = await log.readBatchDetails(batches[0] as BatchReceipt);
  return createPlan({
    configuration,
    algorithm,
    settings: settingsAt(configuration, history, place),
    branch,
    step,
    stage,
    iteration,
    parentStateHash,
    stageStart: history.policy(stageStart(history, stage)),
    batches,
    scores: receiptsOf(batches, scored),
    fingerprint,
    trajectories,
    advantages: advantagesOf(algorithm, {
      trajectories,
      scores,
      components,
      questions: configuration.rollout.questions,
    }),
  });
}

function scoresOf(
  batch: BatchReceipt,
  scores: readonly Score[],
  timings: Readonly<Record<string, number>>,
): BatchScores {
  if (scores.length !== batch.count) throw new RangeError(`${scores.length} scores for ${batch.count} trajectories`);
  return { scores: [...scores], timings: { ...timings } };
}

/** Scores go by the name of their trajectories' batch. */
function receiptsOf(batches: readonly BatchReceipt[], scored: readonly BatchScores[]): BatchReceipt[] {
  return batches.map(({ batchId, count }, index) => ({
    batchId,
    count,
    hash: hashScores(scored[index]?.scores ?? []),
  }));
}

/** The same plan, naming the batches that can be read. */
async function repair(
  log: RunLog,
  plan: StepPlan,
  batches: readonly BatchReceipt[],
  scored: readonly BatchScores[],
): Promise<StepPlan> {
  return log.appendPlan(
    { ...plan, batches: [...batches], scores: receiptsOf(batches, scored), revision: plan.revision + 1 },
    scored,
  );
}

async function isReadable(log: RunLog, plan: StepPlan): Promise<boolean> {
  try {
    await readPlannedTrajectories(log, plan);
    await readPlannedScores(log, plan);
    return true;
  } catch (error) {
    if (error instanceof DamagedLogError) return false;
    throw error;
  }
}

/**
 * After a plan did not fit into memory: records the same plan with micro-batches of half the size and returns it.
 * Throws when they hold a single sequence already.
 */
export async function replacePlan(log: RunLog, plan: StepPlan): Promise<StepPlan> {
  const trajectories = await readPlannedTrajectories(log, plan);
  const largest = largestMicroBatch(plan, trajectories);
  const smaller = withSmallerMicroBatches(plan, trajectories, Math.floor(largest / 2));
  if (plan.minibatches.flat().every((members) => members.length <= 1)) {
    throw new RangeError(
      `step ${plan.step} does not fit into memory one sequence at a time (${largest} tokens): lower rollout.maxResponseTokens or use a larger machine`,
    );
  }
  return log.appendPlan(smaller, await log.readScores(plan));
}

/** Equal content, also where it was written again. */
function sameBatches(a: readonly BatchReceipt[], b: readonly BatchReceipt[]): boolean {
  return (
    a.length === b.length && a.every(({ count, hash }, index) => count === b[index]?.count && hash === b[index]?.hash)
  );
}
