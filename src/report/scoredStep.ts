import type { PolicyAddress } from "../domain/address.ts";
import type { Score } from "../domain/reward.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { RunLog } from "../trajectories/log.ts";

export interface Scored {
  readonly trajectory: Trajectory;
  readonly score: Score;
}

type Step = Awaited<ReturnType<RunLog["readStep"]>>;

/** The trajectories of a step with what they earned. */
export function scoredOf(step: Step): Scored[] {
  return (step?.trajectories ?? []).flatMap((trajectory, index) => {
    const score = step?.scores[index];
    return score === undefined ? [] : [{ trajectory, score }];
  });
}

/** What a step's policy wrote, and earned; none of demonstrations, which nobody sampled and which earn nothing. */
export async function readSampled(log: Pick<RunLog, "readStep">, address: PolicyAddress): Promise<Scored[]> {
  const step = await log.readStep(address);
  return step?.plan.learns === "demonstrations" ? [] : scoredOf(step);
}
