import type { Checkpoint } from "../domain/step.ts";
import type { RunLog } from "../trajectories/log.ts";

/** The newest saved policy on the current branch's ancestry. Throws when there is none yet. */
export async function latestCheckpoint(log: RunLog): Promise<Checkpoint> {
  const history = await log.history();
  const branch = history.currentBranch;
  const [newest] = history.checkpoints({ branch, step: history.stepsDone(branch) });
  if (newest === undefined) throw new RangeError("the run has no checkpoint yet");
  return newest;
}
