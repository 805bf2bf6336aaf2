import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Checkpoint } from "../domain/step.ts";
import type { Policy } from "../policy/port.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { PolicyAddress } from "../trajectories/records.ts";
import {
  DamagedSnapshotError,
  snapshotExists,
  unfinishedPrefix,
  verifySnapshotFolder,
  writeSnapshotFolder,
} from "./snapshotFiles.ts";

/** Folder of a run that holds its snapshots. */
export const snapshotsFolder = "checkpoints";

/** Milliseconds after which an unfinished snapshot's attempt must have died. */
const unfinishedPatience = 3_600_000;

/**
 * Saves a policy that stands at an address and records it; adopts a whole snapshot that is there. `keep` protects it
 * from retention. Durable when this returns.
 */
export async function takeSnapshot(
  policy: Policy,
  log: RunLog,
  address: PolicyAddress,
  keep: boolean,
): Promise<Checkpoint> {
  const history = await log.history();
  const owner = history.policy(address);
  const folder = join(snapshotsFolder, `${owner.branch}-${owner.step}`);
  const checkpoint: Checkpoint = { ...owner, stateHash: await policy.stateHash(), folder, keep };
  if (!(await isWhole(join(log.folder, folder), checkpoint.stateHash))) {
    await writeSnapshotFolder(join(log.folder, folder), { ...owner, stateHash: checkpoint.stateHash }, (temporary) =>
      policy.save(temporary),
    );
  }
  if (!history.checkpoints(owner).some((known) => sameSnapshot(known, checkpoint) && (known.keep || !keep)))
    await log.appendCheckpoint(checkpoint);
  return checkpoint;
}

/** Loads a snapshot after its checksums; the policy's state hash must be the recorded one. */
export async function loadSnapshot(policy: Policy, runFolder: string, checkpoint: Checkpoint): Promise<void> {
  const folder = join(runFolder, checkpoint.folder);
  const manifest = await verifySnapshotFolder(folder);
  if (manifest.stateHash !== checkpoint.stateHash)
    throw new DamagedSnapshotError(`${folder}: holds another policy than the log says`);
  await policy.load(folder);
  const hash = await policy.stateHash();
  if (hash !== checkpoint.stateHash)
    throw new DamagedSnapshotError(`${folder}: loads as ${hash}, expected ${checkpoint.stateHash}`);
}

/** Recorded snapshots up to an address whose folders are still there, newest first. */
export async function presentSnapshots(
  log: RunLog,
  history: RunHistory,
  address: PolicyAddress,
): Promise<Checkpoint[]> {
  const present: Checkpoint[] = [];
  for (const checkpoint of history.checkpoints(address)) {
    const known = present.some((other) => other.folder === checkpoint.folder);
    if (!known && (await snapshotExists(join(log.folder, checkpoint.folder)))) present.push(checkpoint);
  }
  return present;
}

/**
 * Removes ordinary snapshots but the newest `count`, and what unfinished attempts left behind. Stage ends, forks and
 * the base stay. Returns the folders removed.
 */
export async function pruneSnapshots(log: RunLog, count: number): Promise<string[]> {
  const history = await log.history();
  const all = history.branches.flatMap((branch) =>
    history.checkpoints({ branch: branch.name, step: Number.MAX_SAFE_INTEGER }),
  );
  const forks = new Set(
    history.branches
      .map((branch) => history.policy({ branch: branch.parent ?? branch.name, step: branch.forkStep }))
      .map(({ branch, step }) => `${branch}-${step}`),
  );
  const kept = new Set(
    all.filter((one) => one.keep || one.step === 0 || forks.has(`${one.branch}-${one.step}`)).map((one) => one.folder),
  );
  const ordinary = [...new Set(all.map((one) => one.folder))].filter((folder) => !kept.has(folder));
  const newest = new Set(
    history
      .checkpoints({ branch: history.currentBranch, step: Number.MAX_SAFE_INTEGER })
      .map((one) => one.folder)
      .filter((folder) => !kept.has(folder))
      .slice(0, count),
  );
  const obsolete = ordinary.filter((folder) => !newest.has(folder));
  for (const folder of obsolete) await rm(join(log.folder, folder), { recursive: true, force: true });
  await removeUnfinishedSnapshots(log, unfinishedPatience);
  return obsolete;
}

/** Removes folders of unfinished snapshots that have not been touched for some milliseconds; 0 is only safe while none is being written. */
export async function removeUnfinishedSnapshots(log: RunLog, patience = 0): Promise<void> {
  const parent = join(log.folder, snapshotsFolder);
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(unfinishedPrefix));
  for (const name of names) {
    const { mtimeMs } = await stat(join(parent, name));
    if (Date.now() - mtimeMs >= patience) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function sameSnapshot(a: Checkpoint, b: Checkpoint): boolean {
  return a.folder === b.folder && a.stateHash === b.stateHash;
}

async function isWhole(folder: string, stateHash: string): Promise<boolean> {
  try {
    return (await verifySnapshotFolder(folder)).stateHash === stateHash;
  } catch (error) {
    if (error instanceof DamagedSnapshotError) return false;
    throw error;
  }
}
