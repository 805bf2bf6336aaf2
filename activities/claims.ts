import { asyncLocalStorage, Context } from "@temporalio/activity";
import type { WorkflowExecutionDescription } from "@temporalio/client";
import { badInput } from "./failures.ts";
import { readClaim, replaceClaim, type Claim, type NumberedClaim } from "../src/trajectories/claim.ts";

/** A folder that another workflow writes in. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
  constructor(what: string, { holder, since }: Claim) {
    super(`${what} is at work in ${holder}, since ${since}; steer that one, wait for its end, or choose another name`);
    this.holder = holder;
  }
  /** Workflow id, or a command in words. */
  readonly holder: string;
}

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Makes the calling workflow the one that writes in a folder; a child joins the claim of its `parent`. Throws
 * FolderInUseError while another one is open: a workflow that has ended holds nothing, however it ended. `what` names
 * the folder for a person, after its field.
 */
export async function claimFolder(folder: string, what: string, parent: string | null = null): Promise<void> {
  const caller = callingWorkflow();
  if (caller === null) return;
  for (;;) {
    const known = await readClaim(folder);
    const next = await nextClaim(known, caller, what, parent);
    if (next === null || (await replaceClaim(folder, known.number, next))) return;
  }
}

/** As claimFolder, but bad input while another workflow holds the claim. */
export async function claimOrRefuse(folder: string, what: string, parent: string | null = null): Promise<void> {
  try {
    await claimFolder(folder, what, parent);
  } catch (error) {
    throw error instanceof FolderInUseError ? badInput(error) : error;
  }
}

/**
 * Throws FolderInUseError when another workflow than the calling one claimed the folder: an attempt that outlived its
 * workflow must not write any more. A workflow that was reset, or went on in a new history, keeps its claim.
 */
export async function requireClaim(folder: string, what: string): Promise<void> {
  const caller = callingWorkflow();
  if (caller === null) return;
  const known = await readClaim(folder);
  if (known.claim === null || known.claim.members[caller.workflowId] === caller.runId) return;
  if (known.claim.members[caller.workflowId] === undefined || !(await isNewest(caller)))
    throw new FolderInUseError(what, known.claim);
  // It does not matter which attempt records this: it is the same workflow.
  await replaceClaim(folder, known.number, joined(known.claim, caller));
}

/**
 * Whether a workflow wrote in a folder under a claim that has ended: its holder is not open any more, or another one took its
 * place. False for a workflow that claimed nothing.
 */
export async function claimHasEnded(folder: string, workflowId: string): Promise<boolean> {
  const newest = await readClaim(folder);
  for (let known = newest; known.claim !== null; known = await readClaim(folder, known.number - 1)) {
    if (known.claim.members[workflowId] === undefined) continue;
    return known.number < newest.number || !(await isHeld(known.claim));
  }
  return false;
}

/** Null when the caller writes under the claim already. */
async function nextClaim(
  { claim }: NumberedClaim,
  caller: Execution,
  what: string,
  parent: string | null,
): Promise<Claim | null> {
  const own: Claim = {
    holder: caller.workflowId,
    members: { [caller.workflowId]: caller.runId },
    since: new Date().toISOString(),
    until: null,
  };
  if (claim === null) return own;
  if (claim.members[caller.workflowId] === caller.runId) return null;
  if (claim.holder === caller.workflowId || (parent !== null && claim.holder === parent)) {
    if (!(await isNewest(caller))) throw new FolderInUseError(what, claim);
    return claim.holder === caller.workflowId ? own : joined(claim, caller);
  }
  if (await isHeld(claim)) throw new FolderInUseError(what, claim);
  return own;
}

function joined(claim: Claim, { workflowId, runId }: Execution): Claim {
  return { ...claim, members: { ...claim.members, [workflowId]: runId } };
}

/** The workflow that the running activity belongs to; null outside of activities: tests and commands that look at a run. */
export function callingWorkflow(): Execution | null {
  const context = asyncLocalStorage.getStore() as Context | undefined;
  return context?.info.workflowExecution ?? null;
}

/** A workflow that was started anew under the holder's id is another one; a reset and a new history have its first run. */
async function isHeld({ holder, members, until }: Claim): Promise<boolean> {
  if (until !== null) return Date.now() < until;
  const newest = await describe(holder);
  if (newest?.status.name !== "RUNNING") return false;
  return firstRunOf(newest) === firstRunOf(await describe(holder, members[holder]));
}

function firstRunOf(description: WorkflowExecutionDescription | null): string | null | undefined {
  return description?.raw.workflowExecutionInfo?.firstRunId;
}

/** True while no later run of the same workflow id took the place of this one. */
async function isNewest({ workflowId, runId }: Execution): Promise<boolean> {
  const newest = await describe(workflowId);
  return newest === null || newest.runId === runId;
}

/**
 * Describes a run of a workflow, the newest when none is named; null for a workflow that the server does not know (any
 * more).
 */
async function describe(workflowId: string, runId?: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await Context.current().client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof Error && error.name === "WorkflowNotFoundError") return null;
    throw error;
  }
}
