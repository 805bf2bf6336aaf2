import type { StepPlan } from "../domain/step.ts";
import { DamagedCheckpointError, type CheckpointRef } from "../policy/port.ts";
import type { RunHistory } from "../trajectories/history.ts";

/** The policy that a plan's KL term compares with; undefined without one. Throws DamagedCheckpointError when it was never saved. */
export function referenceOf(history: RunHistory, { reference }: StepPlan): CheckpointRef | undefined {
  if (reference === undefined) return undefined;
  const found = history
    .checkpoints(reference)
    .find(({ branch, step }) => branch === reference.branch && step === reference.step);
  if (found !== undefined) return found.ref;
  throw new DamagedCheckpointError(
    `no snapshot of step ${reference.step} of branch "${reference.branch}", which the KL term compares with`,
  );
}
