import type { RewardWeights } from "../configuration/rewardWeights.ts";
import type { PolicyAddress } from "../domain/address.ts";
import type { Score } from "../domain/reward.ts";
import type { BatchReceipt, PlannedStep, ScoredStep, Step } from "../domain/step.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { hashOf } from "../trajectories/canonical.ts";
import type { RunLog } from "../trajectories/log.ts";
import { addTimings, type Timings } from "../trajectories/timings.ts";
import { storedTrajectory } from "../trajectories/tables/trajectoryRows.ts";

/**
 * The step that a process is at: what one activity sampled, scored or planned is handed on to the next one in the same
 * process. Another process, or one that follows a death, loads it from the log.
 */
export interface StepAtWork {
  /** After a batch was appended: its step, as the log would give it back. */
  sampled(batch: Step): void;
  /** The step of these batches. */
  load(batches: readonly BatchReceipt[]): Promise<Step>;
  /** After a step was scored that waits for further batches; `timings` are of the scoring. */
  scored(step: ScoredStep, weights: RewardWeights, timings: Timings): void;
  /** Scores of a step's first batches and what they took, where they were scored with these weights already; else none. */
  scoredBefore(step: Step, weights: RewardWeights): ScoresBefore;
  planned(step: PlannedStep): void;
  /** The step whose plan counts at an address; null when none is recorded. */
  loadPlanned(address: PolicyAddress): Promise<PlannedStep | null>;
}

export interface ScoresBefore {
  readonly scores: readonly Score[];
  readonly timings: Timings;
}

export function createStepAtWork(log: RunLog): StepAtWork {
  /** Batches of one iteration that wait for their plan. */
  let waiting: readonly Step[] = [];
  let before: (ScoresBefore & Pick<Step, "batches"> & { readonly weights: string }) | null = null;
  let planned: PlannedStep | null = null;

  const loadBatch = async (receipt: BatchReceipt): Promise<Step> =>
    waiting.find(({ batches }) => batches[0]?.batchId === receipt.batchId && batches[0].hash === receipt.hash) ??
    log.readBatches([receipt]);

  return {
    sampled: (batch) => {
      const step = { ...batch, trajectories: batch.trajectories.map(storedTrajectory) };
      waiting = [...waiting.filter((one) => placeOf(one) === placeOf(step)), step];
    },
    load: async (batches) => {
      const [first, ...further] = await Promise.all(batches.map(loadBatch));
      if (first === undefined) throw new RangeError("a step needs at least one batch");
      return further.reduce(joined, first);
    },
    scored: ({ batches, scores }, weights, timings) => {
      before = { batches, scores, timings, weights: hashOf(weights) };
    },
    scoredBefore: (step, weights) => {
      const begins = before?.batches.every(({ hash }, index) => hash === step.batches[index]?.hash) ?? false;
      return before !== null && begins && before.weights === hashOf(weights) ? before : { scores: [], timings: {} };
    },
    planned: (step) => {
      [waiting, before, planned] = [[], null, step];
    },
    loadPlanned: async (address) => {
      const counted = (await log.history()).plan(address);
      if (counted !== null && planned !== null && hashOf(planned.plan) === counted.hash) return planned;
      return log.readStep(address);
    },
  };
}

function joined(a: Step, b: Step): Step {
  return {
    batches: [...a.batches, ...b.batches],
    trajectories: [...a.trajectories, ...b.trajectories],
    fingerprint: a.fingerprint,
    timings: addTimings(a.timings, b.timings),
  };
}

function placeOf({ trajectories: [first] }: Step): string {
  const { branch, stage, iteration }: Partial<Trajectory> = first ?? {};
  return JSON.stringify([branch, stage, iteration]);
}
