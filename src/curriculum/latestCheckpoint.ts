import { join } from "node:path";
import type { RunLog } from "../trajectories/log.ts";

/** Folder of the newest snapshot on the current branch's ancestry. Throws when there is none yet. */
export async function latestCheckpoint(log: RunLog): Promise<string> {
  const history = await log.history();
  const branch = history.currentBranch;
  const [newest] = history.checkpoints({ branch, step: history.stepsDone(branch) });
  if (newest === undefined) throw new RangeError("the run has no checkpoint yet");
  return join(log.folder, newest.folder);
}
