import type { Checkpoint, PlannedStep } from "../domain/step.ts";
import { DamagedCheckpointError, type Policy, type RunControl, type SavedPolicy } from "../policy/port.ts";
import { hashOf } from "../trajectories/canonical.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { PolicyAddress, StepAddress } from "../domain/address.ts";
import { applyStep } from "./apply.ts";
import type { ApplyOptions } from "./apply.ts";
import type { GuardFinding } from "./guards.ts";
import { referenceOf } from "./reference.ts";
import { restorePolicy, stateHashAt } from "./replay.ts";
import { loadSnapshot, takeSnapshot } from "./snapshots.ts";

/** A step that counts, or one that a guard refused. */
export type StepResult =
  | { readonly kind: "applied"; readonly outcome: PolicyAddress & { readonly stateHash: string } }
  | ({ readonly kind: "refused" } & GuardFinding);

/** A policy in this process and its address in the run. It does one piece of work at a time. */
export interface ResidentPolicy {
  /**
   * Moves the policy to an address, by snapshot and replay where needed. Returns the damaged snapshots that were
   * skipped, in words. A policy that another process `saved` for the address is loaded where it is still there and
   * whole; throws RangeError when it has another state.
   */
  moveTo(address: PolicyAddress, control?: RunControl, saved?: SavedPolicy): Promise<readonly string[]>;
  /**
   * Takes a planned step and records it; a step recorded before is adopted. `onTaken` is called
   * before the outcome is logged and may use the policy. Discard anything derived from it if the logged hash differs.
   */
  apply(step: PlannedStep, options: ApplyOptions, onTaken?: (stateHash: string) => void): Promise<StepResult>;
  /** Saves the policy. It must be the policy at the address, or the base before anything is recorded. */
  snapshot(address: PolicyAddress & { readonly keep: boolean }): Promise<Checkpoint>;
}

/** Wraps an opened policy whose place in the run is not known yet: the first move restores it from the log. */
export function createResidentPolicy(policy: Policy, log: RunLog): ResidentPolicy {
  /** Recorded hash of the policy's state; null when the state is unknown or undefined. */
  let standing: string | null = null;

  /** Moves to an address whose recorded state hash is `wanted`. */
  const place = async (
    wanted: string | null,
    address: PolicyAddress,
    control: RunControl = {},
    saved?: SavedPolicy,
  ): Promise<readonly string[]> => {
    if (saved !== undefined && saved.stateHash !== wanted)
      throw new RangeError(
        `${saved.ref}: holds the state ${saved.stateHash}, but step ${address.step} of branch "${address.branch}" begins from ${wanted}`,
      );
    if (wanted !== null && wanted === standing) return [];
    standing = null;
    if (saved !== undefined && (await wasLoaded(policy, saved))) {
      standing = wanted;
      return [];
    }
    const restored = await restorePolicy(policy, log, address, control);
    standing = restored.stateHash;
    return restored.damaged;
  };

  const apply: ResidentPolicy["apply"] = async (step, options, onTaken) => {
    const { plan } = step;
    const history = await log.history();
    const recorded = history.outcome(plan);
    if (recorded !== null) return { kind: "applied", outcome: recorded };
    await place(stateHashAt(history, plan), plan, options.control);
    if (standing !== plan.parentStateHash)
      throw new RangeError(
        `the plan of step ${plan.step} on branch "${plan.branch}" starts from state ${plan.parentStateHash}, the run is at ${standing}`,
      );
    const update = {
      ...step,
      reference: referenceOf(history, plan),
      initialFormatShare: await initialFormatShare(log, plan),
    };
    standing = null;
    const application = await applyStep(policy, update, options);
    if (application.kind === "refused") return application;
    onTaken?.(application.outcome.stateHash);
    await log.appendOutcome(plan, application.outcome);
    const counted = (await log.history()).outcome(plan);
    // Another attempt may have been first. This policy is then at the address only if both states are equal.
    if (counted?.stateHash === application.outcome.stateHash && counted.planHash === hashOf(plan))
      standing = counted.stateHash;
    return { kind: "applied", outcome: counted ?? application.outcome };
  };

  return {
    moveTo: async (address, control, saved) =>
      place(stateHashAt(await log.history(), address), address, control, saved),
    apply,
    snapshot: async ({ branch, step, keep }) => {
      const wanted = stateHashAt(await log.history(), { branch, step });
      if (wanted !== null) await place(wanted, { branch, step });
      const checkpoint = await takeSnapshot(policy, log, { branch, step }, keep);
      standing = wanted ?? checkpoint.stateHash;
      return checkpoint;
    },
  };
}

/** Loads a saved policy. Returns false where it is gone or damaged: the log restores it then. */
async function wasLoaded(policy: Policy, saved: SavedPolicy): Promise<boolean> {
  try {
    await loadSnapshot(policy, saved);
    return true;
  } catch (error) {
    if (error instanceof DamagedCheckpointError) return false;
    throw error;
  }
}

/** Format share in the stage's first iteration, which is `iteration` steps back; null in that iteration itself. */
async function initialFormatShare(log: RunLog, { branch, step, iteration }: StepAddress): Promise<number | null> {
  if (iteration === 0) return null;
  return (await log.readIteration({ branch, step: step - iteration }))?.metrics["format/share"] ?? null;
}
