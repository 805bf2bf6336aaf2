import { activityInfo, Context } from "@temporalio/activity";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeWhole } from "../src/files/writeWhole.ts";

/** Which workflow a folder belongs to: two at once would work against each other. */
const Owner = z.object({ workflowId: z.string() });

const ownerFile = "owner.json";

export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
  constructor(what: string, readonly workflowId: string) {
    super(`${what} is at work in the workflow ${workflowId}; steer that one, or choose another name`);
  }
}

/** Makes the calling workflow the run's owner; throws while another one that owns it is open. */
export async function claimRun(root: string, run: string): Promise<void> {
  await claimFolder(join(root, run), `run: ${run}`);
}

/** The same of any folder that one workflow at a time may work in; `what` names it for a person, after its field. */
export async function claimFolder(folder: string, what: string): Promise<void> {
  const file = join(folder, ownerFile);
  const workflowId = activityInfo().workflowExecution?.workflowId ?? "";
  const owner = await readOwner(file);
  if (owner !== null && owner !== workflowId && (await isOpen(owner))) {
    throw new FolderInUseError(what, owner);
  }
  await mkdir(folder, { recursive: true });
  await writeWhole(file, JSON.stringify({ workflowId }));
}

async function readOwner(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : Owner.parse(JSON.parse(text)).workflowId;
}

async function isOpen(workflowId: string): Promise<boolean> {
  try {
    const { status } = await Context.current().client.workflow.getHandle(workflowId).describe();
    return status.name === "RUNNING";
  } catch (error) {
    if (error instanceof Error && error.name === "WorkflowNotFoundError") return false;
    throw error;
  }
}
