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
  /** Keeps an appended batch, as the log would return it. */
  sampled(batch: Step): void;
  /** The step of these batches. Batches of other processes are read from the log, once. */
  load(batches: readonly BatchReceipt[]): Promise<Step>;
  /**
   * Keeps the scores of a step, or of a part of one, that waits for further batches. `timings` are those of the
   * scoring, where the plan is to count them.
   */
  scored(step: ScoredStep, weights: RewardWeights, timings: Timings): void;
  /**
   * Returns, for each of the step's batches, its scores and timings if it was scored with these weights before; else
   * null.
   */
  scoredBefore(step: Step, weights: RewardWeights): readonly (ScoresBefore | null)[];
  planned(step: PlannedStep): void;
  /** The step whose plan counts at an address; null when none is recorded. */
  loadPlanned(address: PolicyAddress): Promise<PlannedStep | null>;
}

export interface ScoresBefore {
  readonly scores: readonly Score[];
  readonly timings: Timings;
}

/** Starts empty: everything is loaded from the log until activities of this process hand it on. */
export function createStepAtWork(log: RunLog): StepAtWork {
  /** Batches of one iteration that wait for their plan. */
  let waiting: readonly Step[] = [];
  /** Scores by batch hash, of one iteration that waits for its plan. */
  let before = { place: "", scores: new Map<string, ScoresBefore & { readonly weights: string }>() };
  let planned: PlannedStep | null = null;

  const keep = (batch: Step): Step => {
    waiting = [...waiting.filter((one) => placeOf(one) === placeOf(batch)), batch];
    return batch;
  };
  const loadBatch = async (receipt: BatchReceipt): Promise<Step> =>
    waiting.find(({ batches }) => batches[0]?.batchId === receipt.batchId && batches[0].hash === receipt.hash) ??
    keep(await log.readBatches([receipt]));

  return {
    sampled: (batch) => void keep({ ...batch, trajectories: batch.trajectories.map(storedTrajectory) }),
    load: async (batches) => {
      const [first, ...further] = await Promise.all(batches.map(loadBatch));
      if (first === undefined) throw new RangeError("a step needs at least one batch");
      return further.reduce(joined, first);
    },
    scored: ({ scores, ...step }, weights, timings) => {
      const { batches } = step;
      // Another process may have planned the previous iteration, whose scores are then still here.
      if (before.place !== placeOf(step)) before = { place: placeOf(step), scores: new Map() };
      let start = 0;
      for (const [index, { hash, count }] of batches.entries()) {
        // The batches were scored together: their time is counted once.
        const took = index === 0 ? timings : {};
        before.scores.set(hash, {
          scores: scores.slice(start, (start += count)),
          timings: took,
          weights: hashOf(weights),
        });
      }
    },
    scoredBefore: ({ batches }, weights) =>
      batches.map(({ hash }) => {
        const known = before.scores.get(hash);
        return known !== undefined && known.weights === hashOf(weights) ? known : null;
      }),
    planned: (step) => {
      [waiting, before, planned] = [[], { place: "", scores: new Map() }, step];
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
