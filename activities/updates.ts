import type { OfRun, PolicyAddress, StagePosition } from "../src/domain/address.ts";
import { recoverFromGuard } from "../src/curriculum/branches.ts";
import { replacePlan } from "../src/training/record.ts";
import { refuseUnspelled, UnspelledTagsError } from "../src/environments/spelling.ts";
import type { Sampler } from "../src/policy/port.ts";
import { withControl } from "./heartbeat.ts";
import { applyPlan, type AppliedStep, type RefusedStep } from "./applyPlan.ts";
import { needsPerson } from "./failures.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { rollOut, type RolledOut } from "./rollouts.ts";
import { sharePolicy, type SharedPolicy } from "./shards.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/** What came of a step. An applied one comes with the next rollout, or with the policy shared for it, where that was asked for. */
export type UpdateResult = (AppliedStep & Partial<RolledOut> & { readonly shared?: SharedPolicy }) | RefusedStep;

export interface UpdateActivities {
  /** Puts the base policy into the run as the checkpoint before step 0. */
  prepareBase(input: { readonly run: string }): Promise<void>;
  /**
   * Applies the recorded plan of the iteration and records what it led to. Where it is told to, goes on to the next iteration's
   * rollout, or shares the policy with the processes that are to sample it.
   */
  update(
    input: OfRun<StagePosition> & { readonly rollOutNext?: boolean; readonly shareNext?: boolean },
  ): Promise<UpdateResult>;
  /** Saves the policy that the iteration's shards are sampled by. */
  sharePolicy(position: OfRun<StagePosition>): Promise<SharedPolicy>;
  /** Snapshots a policy for good. */
  keepCheckpoint(address: OfRun<PolicyAddress>): Promise<void>;
  /** Frees the engine for other runs. */
  releaseEngine(input: { readonly run: string }): Promise<void>;
}

export interface RecoveryActivities {
  /** Records the step's plan anew with smaller micro-batches, for when it did not fit into memory. */
  shrinkPlan(address: OfRun<PolicyAddress>): Promise<void>;
  /** Opens a branch from the last good checkpoint with a lower learning rate; refuses when the stage's budget is spent. */
  recover(
    input: OfRun<StagePosition> & { readonly guard: string; readonly message: string },
  ): Promise<OfRun<StagePosition>>;
}

export interface UpdateDependencies {
  readonly workspace: Workspace;
  readonly engine: ResidentEngine;
}

export function createUpdateActivities({ workspace, engine }: UpdateDependencies): UpdateActivities {
  return {
    prepareBase: ({ run: name }) =>
      withControl(async (control) => {
        const run = await workspace.run(name);
        await engine.base(run, control, ({ policy, position }) => {
          refuseTools(run, policy);
          return workspace.durably("snapshot", () => position.snapshot({ branch: "main", step: 0, keep: true }));
        });
      }),
    update: ({ rollOutNext = false, shareNext = false, ...position }) =>
      withControl(async (control) => {
        const next = { ...position, step: position.step + 1, iteration: position.iteration + 1 };
        const { result, overlapped } = await applyPlan(
          { workspace, engine },
          position,
          rollOutNext ? next : null,
          control,
        );
        if (result.kind === "refused") return result;
        if (shareNext)
          return { ...result, shared: await sharePolicy(engine, await workspace.run(position.run), next, control) };
        return rollOutNext
          ? { ...result, ...(await rollOut({ workspace, engine }, next, control, { overlapped })) }
          : result;
      }),
    sharePolicy: (position) =>
      withControl(async (control) => sharePolicy(engine, await workspace.run(position.run), position, control)),
    keepCheckpoint: ({ run: name, branch, step }) =>
      withControl(async (control) => {
        const run = await workspace.run(name);
        await engine.at(run, { branch, step }, control, ({ position }) =>
          workspace.durably("snapshot", () => position.snapshot({ branch, step, keep: true })),
        );
      }),
    releaseEngine: ({ run }) => engine.release(run),
  };
}

/** Holds a run whose policy could never call one of its tools. */
function refuseTools({ environment }: OpenRun, { tokenizer }: Pick<Sampler, "tokenizer">): void {
  try {
    refuseUnspelled(environment, tokenizer);
  } catch (error) {
    throw error instanceof UnspelledTagsError ? needsPerson(error.message) : error;
  }
}

export function createRecoveryActivities(workspace: Workspace): RecoveryActivities {
  return {
    shrinkPlan: async ({ run: name, ...address }) => {
      const { log, atWork } = await workspace.run(name);
      const step = await atWork.loadPlanned(address);
      if (step === null) throw new Error(`no plan for step ${address.step} on branch ${address.branch}`);
      try {
        atWork.planned(await replacePlan(log, step));
      } catch (error) {
        throw error instanceof RangeError ? needsPerson(error.message) : error;
      }
    },
    recover: async ({ run: name, guard, message, ...position }) => {
      const run = await workspace.run(name);
      const recovered = await recoverFromGuard(run.log, run.configuration, position, { guard, message });
      if (recovered === null)
        throw needsPerson(
          `${guard}: ${message}. The stage's recoveries are spent: roll back, change settings, or abort.`,
        );
      return { run: name, ...recovered };
    },
  };
}
