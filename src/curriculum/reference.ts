import { join } from "node:path";
import type { StepPlan } from "../domain/step.ts";
import type { RunLog } from "../trajectories/log.ts";
import { DamagedSnapshotError, verifySnapshotFolder } from "./snapshotFiles.ts";

/** Folders checked by this process: a snapshot is never written to again. */
const verified = new Set<string>();

/** Folder of the policy that a plan's KL term compares with; undefined without one. Throws DamagedSnapshotError when it is not whole. */
export async function referenceFolder(log: RunLog, { reference }: StepPlan): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  const found = (await log.history())
    .checkpoints(reference)
    .find(({ branch, step }) => branch === reference.branch && step === reference.step);
  if (found === undefined)
    throw new DamagedSnapshotError(
      `no snapshot of step ${reference.step} of branch "${reference.branch}", which the KL term compares with`,
    );
  const folder = join(log.folder, found.folder);
  if (verified.has(folder)) return folder;
  const { stateHash } = await verifySnapshotFolder(folder);
  if (stateHash !== found.stateHash)
    throw new DamagedSnapshotError(`${folder}: holds another policy than the log says`);
  verified.add(folder);
  return folder;
}
