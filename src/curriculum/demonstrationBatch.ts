import type { Demonstration } from "../demonstrations/demonstration.ts";
import { randomStream } from "../domain/seed.ts";
import type { Trajectory, TrajectoryAddress } from "../domain/trajectory.ts";

/** Demonstrations to learn from, and those kept back to see when to stop. */
export interface SplitDemonstrations {
  readonly learning: readonly Demonstration[];
  /** Demonstrations of other questions; empty where all are of one question. */
  readonly heldOut: readonly Demonstration[];
}

/** Splits by question, in an order drawn from the seed: `share` of the questions, at least one, is held out. */
export function splitDemonstrations(
  demonstrations: readonly Demonstration[],
  { seed, share }: { readonly seed: number; readonly share: number },
): SplitDemonstrations {
  const questions = [...new Set(demonstrations.map(({ question }) => question.id))];
  const count = questions.length < 2 ? 0 : Math.max(1, Math.round(share * questions.length));
  const heldOut = new Set(randomStream([seed, "demonstrations", "held out"]).shuffle(questions).slice(0, count));
  return {
    learning: demonstrations.filter(({ question }) => !heldOut.has(question.id)),
    heldOut: demonstrations.filter(({ question }) => heldOut.has(question.id)),
  };
}

export interface DemonstrationBatch extends Pick<TrajectoryAddress, "branch" | "stage" | "iteration"> {
  readonly seed: number;
  readonly count: number;
}

/** The trajectories of one iteration: epoch after epoch goes through all demonstrations, each in an order of its own. Throws RangeError where there are none. */
export function batchOfDemonstrations(
  learning: readonly Demonstration[],
  { seed, count, ...place }: DemonstrationBatch,
): Trajectory[] {
  if (learning.length === 0) throw new RangeError("there are no demonstrations to learn from");
  const samples = new Map<string, number>();
  const first = place.iteration * count;
  const orders = new Map<number, readonly Demonstration[]>();
  const orderOf = (epoch: number): readonly Demonstration[] => {
    const known = orders.get(epoch) ?? randomStream([seed, "demonstrations", epoch]).shuffle(learning);
    orders.set(epoch, known);
    return known;
  };
  return Array.from({ length: count }, (_, index) => {
    const taken = first + index;
    const { trajectory } = orderOf(Math.floor(taken / learning.length))[taken % learning.length] as Demonstration;
    const sample = samples.get(trajectory.questionId) ?? 0;
    samples.set(trajectory.questionId, sample + 1);
    return { ...trajectory, ...place, sample };
  });
}
