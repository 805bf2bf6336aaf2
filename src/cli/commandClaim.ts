import { hostname } from "node:os";
import { readClaim, replaceClaim, type Claim } from "../trajectories/claim.ts";

/** Milliseconds after which a command that died does not keep a run any more. */
const patience = 600_000;

/**
 * Does work in a run's folder that no workflow may disturb; null, and nothing done, while another one writes there.
 * `isOpen` asks the server about a workflow.
 */
export async function whileClaimed<T>(
  folder: string,
  command: string,
  isOpen: (workflowId: string) => Promise<boolean>,
  work: () => Promise<T>,
): Promise<T | null> {
  const { number, claim } = await readClaim(folder);
  if (claim !== null && (await isHeld(claim, isOpen))) return null;
  const own: Claim = {
    holder: `${command} on ${hostname()}, process ${process.pid}`,
    members: {},
    since: new Date().toISOString(),
    until: Date.now() + patience,
  };
  if (!(await replaceClaim(folder, number, own))) return null;
  try {
    return await work();
  } finally {
    await replaceClaim(folder, number + 1, { ...own, until: Date.now() });
  }
}

async function isHeld({ holder, until }: Claim, isOpen: (workflowId: string) => Promise<boolean>): Promise<boolean> {
  return until === null ? isOpen(holder) : Date.now() < until;
}
