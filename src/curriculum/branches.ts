import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { PolicyAddress, StagePosition } from "../domain/address.ts";
import type { BranchRecord } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { stagePosition } from "./position.ts";

/** Why a branch is opened and what it changes; equal requests at one address open one branch. */
export type BranchRequest = Pick<BranchRecord, "cause" | "stage" | "reason" | "learningRateFactor">;

/** Opens a branch from the policy at an address and makes it current; returns its name. What is abandoned stays readable. */
export async function openBranch(log: RunLog, from: PolicyAddress, request: BranchRequest): Promise<string> {
  const history = await log.history();
  // The branch as it was named, not the owner of the policy: rates and recoveries go by the line that was followed.
  const { branch: parent, step: forkStep } = from;
  const current = history.branches.at(-1);
  // An attempt that died after it opened the branch must not open another.
  if (
    current?.parent === parent &&
    current.forkStep === forkStep &&
    current.cause === request.cause &&
    current.stage === request.stage &&
    current.reason === request.reason &&
    history.stepsDone(current.name) === forkStep
  )
    return current.name;
  const name = `branch-${history.branches.length}`;
  await log.appendBranch({ name, parent, forkStep, ...request });
  return name;
}

/** A person takes the run back to a policy; training goes on from there with other draws. */
export async function rollBack(
  log: RunLog,
  to: PolicyAddress,
  person: { readonly name: string; readonly reason: string },
): Promise<string> {
  const history = await log.history();
  if (!history.branches.some((branch) => branch.name === to.branch)) {
    throw new RangeError(
      `branch: there is no branch "${to.branch}"; known are ${history.branches.map((branch) => branch.name).join(", ")}`,
    );
  }
  const done = history.stepsDone(to.branch);
  if (to.step > done)
    throw new RangeError(`step: branch "${to.branch}" has ${done} steps, there is no policy before step ${to.step}`);
  const reason = `${person.name}: ${person.reason}`;
  return openBranch(log, to, { cause: "rollback", stage: null, reason, learningRateFactor: 1 });
}

export interface GuardEvent {
  readonly guard: string;
  readonly message: string;
}

/**
 * After a guard refused a step: opens a branch from the last good snapshot with a lower learning rate. Returns where the
 * stage goes on, or null when the stage has opened as many as it may.
 */
export async function recoverFromGuard(
  log: RunLog,
  configuration: RunConfiguration,
  position: StagePosition,
  event: GuardEvent,
): Promise<StagePosition | null> {
  const { learningRateFactor, maximumRecoveries } = configuration.guard;
  const history = await log.history();
  const recovered = history.currentBranch !== position.branch;
  if (!recovered) {
    if (recoveriesOf(history, position.stage) >= maximumRecoveries) return null;
    const snapshot = lastGoodSnapshot(history, position);
    await openBranch(log, snapshot, {
      cause: "guard",
      stage: position.stage,
      reason: `stage ${position.name}, iteration ${position.iteration + 1}: ${event.guard}: ${event.message}`,
      learningRateFactor,
    });
  }
  return stagePosition(await log.history(), position.stage);
}

/** Stage ends have snapshots, so a guard does not undo what passed a gate. */
function lastGoodSnapshot(history: RunHistory, position: StagePosition): PolicyAddress {
  return { branch: position.branch, step: history.checkpoints(position)[0]?.step ?? 0 };
}

/** Branches that guards opened in a stage, on the current ancestry. */
function recoveriesOf(history: RunHistory, stage: number): number {
  const byName = new Map(history.branches.map((branch) => [branch.name, branch]));
  let count = 0;
  for (
    let branch = byName.get(history.currentBranch);
    branch !== undefined;
    branch = branch.parent === null ? undefined : byName.get(branch.parent)
  ) {
    if (branch.cause === "guard" && branch.stage === stage) count++;
  }
  return count;
}
