import type { PlannedStep } from "../domain/step.ts";
import { addMetrics, emptyMetrics } from "../policy/forwardBackwardMetrics.ts";
import type {
  CheckpointRef,
  ForwardBackwardMetrics,
  OptimizerMetrics,
  Policy,
  RunControl,
  TrainingSequence,
} from "../policy/port.ts";
import { stepSizeOf } from "../policy/stepSize.ts";
import { trainingSequence } from "../protocol/lossMask.ts";

/** Sums over a minibatch's micro-batches, and its optimiser step. */
export interface MinibatchResult extends ForwardBackwardMetrics, OptimizerMetrics {}

/** The input of an update: a plan and its trajectories. */
export interface Update extends Pick<PlannedStep, "plan" | "trajectories"> {
  /** The plan's reference policy; undefined without a KL term. */
  readonly reference?: CheckpointRef | undefined;
}

/** Returns why a minibatch must not be applied; null lets it pass. Throwing stops the plan half-way. */
export interface ExecutionWatch {
  beforeStep?(accumulated: ForwardBackwardMetrics, minibatch: number): void;
  afterStep?(result: MinibatchResult, minibatch: number): void;
}

/**
 * Takes the optimiser steps of a plan, in its order. The policy afterwards depends only on the policy before, the plan
 * and the data that it names. After an error the policy is in an undefined state: discard it.
 */
export async function executePlan(
  policy: Pick<Policy, "forwardBackward" | "optimizerStep">,
  update: Update,
  control: RunControl = {},
  watch: ExecutionWatch = {},
): Promise<MinibatchResult[]> {
  const { plan, reference } = update;
  const sequences = sequencesOf(update);
  const total = plan.minibatches.flat().length;
  const results: MinibatchResult[] = [];
  const started = performance.now();
  let [done, trained] = [0, 0];
  for (const [number, minibatch] of plan.minibatches.entries()) {
    let sums = emptyMetrics;
    const step = stepSizeOf(minibatch.flat().map((index) => sequences[index] as TrainingSequence));
    for (const members of minibatch) {
      control.signal?.throwIfAborted();
      const batch = {
        sequences: members.map((index) => sequences[index] as TrainingSequence),
        loss: plan.loss,
        lossDivisor: plan.lossDivisors[number] ?? 1,
        temperature: plan.temperature,
        reference,
        step,
      };
      sums = addMetrics(
        sums,
        await policy.forwardBackward(batch, control.signal === undefined ? {} : { signal: control.signal }),
      );
      trained += batch.sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
      const rate = (1000 * trained) / Math.max(1, performance.now() - started);
      control.onProgress?.(++done / total, `${trained} tokens learnt from, ${Math.round(rate)} tokens a second`);
    }
    watch.beforeStep?.(sums, number);
    const result = { ...sums, ...(await policy.optimizerStep(plan.optimizer)) };
    results.push(result);
    watch.afterStep?.(result, number);
  }
  return results;
}

function sequencesOf({ plan, trajectories }: Update): TrainingSequence[] {
  if (trajectories.length !== plan.advantages.length)
    throw new RangeError(`the plan has ${plan.advantages.length} advantages for ${trajectories.length} trajectories`);
  const outside = plan.minibatches.flat(2).find((index) => index >= trajectories.length);
  if (outside !== undefined) throw new RangeError(`the plan names trajectory ${outside} of ${trajectories.length}`);
  return trajectories.map((trajectory, index) => trainingSequence(trajectory, plan.advantages[index] ?? 0));
}
