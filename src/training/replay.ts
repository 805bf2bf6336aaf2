import type { Checkpoint } from "../domain/step.ts";
import { DamagedCheckpointError, type Policy, type RunControl } from "../policy/port.ts";
import type { OutcomeEntry, RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { PolicyAddress } from "../domain/address.ts";
import { executePlan } from "./execute.ts";
import { referenceOf } from "./reference.ts";
import { loadSnapshot, presentSnapshots } from "./snapshots.ts";

/** Replaying a plan on the same engine led to another state than it did the first time. */
export class ReplayMismatchError extends Error {
  override readonly name = "ReplayMismatchError";
}

export interface Restored {
  /** As recorded for the address. */
  readonly stateHash: string;
  readonly snapshot: Checkpoint;
  /** Plans replayed after the snapshot. */
  readonly replayed: number;
  /** Snapshots that were damaged and passed over, in words. */
  readonly damaged: readonly string[];
}

/**
 * Makes the policy the one at an address (docs/architecture.md#durability): the newest good snapshot in its ancestry, then the plans after it.
 * With a bitwise engine of the same fingerprint, every state is checked against the recorded hash and is bitwise the same.
 */
export async function restorePolicy(
  policy: Policy,
  log: RunLog,
  address: PolicyAddress,
  control: RunControl = {},
): Promise<Restored> {
  const history = await log.history();
  const { snapshot, damaged } = await loadNewestSnapshot(policy, history, address);
  const steps = address.step - snapshot.step;
  for (let step = snapshot.step; step < address.step; step++) {
    await replayStep(
      policy,
      log,
      history,
      { branch: address.branch, step },
      partOf(control, step - snapshot.step, steps),
    );
  }
  return { stateHash: stateHashAt(history, address) ?? snapshot.stateHash, snapshot, replayed: steps, damaged };
}

/** The recorded state of the policy at an address; null when nothing is recorded of it. */
export function stateHashAt(history: RunHistory, address: PolicyAddress): string | null {
  if (address.step > 0) return history.outcome({ branch: address.branch, step: address.step - 1 })?.stateHash ?? null;
  return history.checkpoints(address).find((checkpoint) => checkpoint.step === 0)?.stateHash ?? null;
}

async function loadNewestSnapshot(
  policy: Policy,
  history: RunHistory,
  address: PolicyAddress,
): Promise<Pick<Restored, "snapshot" | "damaged">> {
  const damaged: string[] = [];
  for (const snapshot of await presentSnapshots(policy, history, address)) {
    try {
      await loadSnapshot(policy, snapshot);
      return { snapshot, damaged };
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
      damaged.push(error.message);
    }
  }
  const what = damaged.length === 0 ? "none was found" : `all are damaged:\n${damaged.join("\n")}`;
  throw new DamagedCheckpointError(
    `no snapshot to restore step ${address.step} of branch "${address.branch}" from: ${what}`,
  );
}

async function replayStep(
  policy: Policy,
  log: RunLog,
  history: RunHistory,
  address: PolicyAddress,
  control: RunControl,
): Promise<void> {
  const outcome = history.outcome(address);
  const step = await log.readStep(address);
  if (outcome === null || step === null)
    throw new RangeError(
      `step ${address.step} of branch "${address.branch}" has not been taken: there is nothing to replay`,
    );
  await executePlan(policy, { ...step, reference: referenceOf(history, step.plan) }, control);
  if (policy.replaysBitwise && outcome.fingerprint === policy.fingerprint) await checkState(policy, outcome);
}

async function checkState(policy: Policy, outcome: OutcomeEntry): Promise<void> {
  const hash = await policy.stateHash();
  if (hash === outcome.stateHash) return;
  throw new ReplayMismatchError(
    `step ${outcome.step} of branch "${outcome.branch}" replays to state ${hash}, recorded is ${outcome.stateHash}`,
  );
}

/** Control of one part of `parts` equal ones. */
function partOf({ signal, onProgress }: RunControl, part: number, parts: number): RunControl {
  return {
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress: (fraction: number) => onProgress((part + fraction) / parts) }),
  };
}
