import type { Checkpoint } from "../domain/step.ts";
import type { Engine } from "../engines/engine.ts";
import { DamagedCheckpointError, type Policy, type SavedPolicy } from "../policy/port.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { PolicyAddress } from "../domain/address.ts";

/** Milliseconds after which the attempt behind an unfinished snapshot counts as dead. */
const unfinishedPatience = 3_600_000;

/**
 * Saves the policy of an address and records the snapshot; an existing whole snapshot is adopted. `keep` protects it
 * from retention. The snapshot is durable when this returns.
 */
export async function takeSnapshot(
  policy: Policy,
  log: RunLog,
  address: PolicyAddress,
  keep: boolean,
): Promise<Checkpoint> {
  const history = await log.history();
  const owner = history.policy(address);
  const saved = await policy.save(`${owner.branch}-${owner.step}`);
  const checkpoint: Checkpoint = { ...owner, ...saved, keep };
  if (!history.checkpoints(owner).some((known) => sameSnapshot(known, checkpoint) && (known.keep || !keep)))
    await log.appendCheckpoint(checkpoint);
  return checkpoint;
}

/** Loads a snapshot; the policy's state must be the recorded one. */
export async function loadSnapshot(policy: Policy, { ref, stateHash }: SavedPolicy): Promise<void> {
  const loaded = await policy.load(ref);
  if (loaded !== stateHash)
    throw new DamagedCheckpointError(`${ref}: holds another policy (${loaded}) than the log says (${stateHash})`);
}

/** Recorded snapshots up to an address that are still there, newest first. */
export async function presentSnapshots(
  policy: Policy,
  history: RunHistory,
  address: PolicyAddress,
): Promise<Checkpoint[]> {
  const present: Checkpoint[] = [];
  for (const checkpoint of history.checkpoints(address)) {
    const known = present.some((other) => other.ref === checkpoint.ref);
    if (!known && (await policy.holds(checkpoint.ref))) present.push(checkpoint);
  }
  return present;
}

/**
 * Removes ordinary snapshots but the newest `count`, and what unfinished attempts left behind. Stage ends, forks and
 * the base stay. Returns those removed.
 */
export async function pruneSnapshots(
  log: RunLog,
  engine: Pick<Engine, "remove" | "sweep">,
  count: number,
  patience = unfinishedPatience,
): Promise<string[]> {
  const obsolete = obsoleteSnapshots(await log.history(), count);
  for (const ref of obsolete) await engine.remove(log.folder, ref);
  await engine.sweep(log.folder, patience);
  return obsolete;
}

function obsoleteSnapshots(history: RunHistory, count: number): string[] {
  const all = history.branches.flatMap((branch) =>
    history.checkpoints({ branch: branch.name, step: Number.MAX_SAFE_INTEGER }),
  );
  const forks = new Set(
    history.branches
      .map((branch) => history.policy({ branch: branch.parent ?? branch.name, step: branch.forkStep }))
      .map(({ branch, step }) => `${branch}-${step}`),
  );
  const kept = new Set(
    all.filter((one) => one.keep || one.step === 0 || forks.has(`${one.branch}-${one.step}`)).map((one) => one.ref),
  );
  const ordinary = [...new Set(all.map((one) => one.ref))].filter((ref) => !kept.has(ref));
  const newest = new Set(
    history
      .checkpoints({ branch: history.currentBranch, step: Number.MAX_SAFE_INTEGER })
      .map((one) => one.ref)
      .filter((ref) => !kept.has(ref))
      .slice(0, count),
  );
  return ordinary.filter((ref) => !newest.has(ref));
}

function sameSnapshot(a: Checkpoint, b: Checkpoint): boolean {
  return a.ref === b.ref && a.stateHash === b.stateHash;
}
