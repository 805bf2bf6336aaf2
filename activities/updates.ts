import type { OfRun, PolicyAddress, StagePosition } from "../src/domain/address.ts";
import { recoverFromGuard } from "../src/curriculum/branches.ts";
import { algorithmOf } from "../src/training/learning.ts";
import { replacePlan } from "../src/training/record.ts";
import { engineOf } from "../src/configuration/policy.ts";
import { pruneSnapshots } from "../src/training/snapshots.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import { refuseUnspelled, UnspelledTagsError } from "../src/environments/spelling.ts";
import type { Sampler } from "../src/policy/port.ts";
import { withControl, type ActivityControl } from "./heartbeat.ts";
import { needsPerson } from "./failures.ts";
import { tellingOutOfMemory } from "./outOfMemory.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { validation } from "./demonstrations.ts";
import { rollOut, sample, type RolledOut, type OverlappedRollout } from "./rollouts.ts";
import { sharePolicy, type SharedPolicy } from "./shards.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/**
 * An applied step, or one that a guard refused before it counted. `snapshot`: its policy was saved. It comes with the
 * next rollout, or with the policy shared for it, where that was asked for.
 */
export type UpdateResult =
  | ({
      readonly kind: "applied";
      readonly stateHash: string;
      readonly snapshot: boolean;
      readonly shared?: SharedPolicy;
    } & Partial<RolledOut>)
  | { readonly kind: "refused"; readonly guard: string; readonly message: string };

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

interface AppliedPlan {
  readonly result: UpdateResult;
  /**
   * Rollout of the next iteration, sampled while the step was being recorded; null where the step was recorded before
   * or a snapshot is due.
   */
  readonly overlapped: OverlappedRollout | null;
}

async function applyPlan(
  { workspace, engine }: UpdateDependencies,
  input: OfRun<StagePosition>,
  next: OfRun<StagePosition> | null,
  control: ActivityControl,
): Promise<AppliedPlan> {
  const run = await workspace.run(input.run);
  const step = await run.atWork.loadPlanned(input);
  if (step === null)
    throw new Error(`no plan for step ${input.step} on branch ${input.branch}: score the iteration first`);
  const { plan } = step;
  return engine.at(run, { branch: plan.branch, step: plan.step }, control, async ({ policy, position }) => {
    const snapshot = (plan.step + 1) % run.configuration.snapshot.every === 0;
    const afterwards = plan.learns === undefined ? undefined : validation(run, input, control);
    let sampling = Promise.resolve<OverlappedRollout | null>(null);
    const sampleNext = (stateHash: string): void => {
      // A snapshot must not wait for a rollout, and demonstrations need none.
      if (next === null || snapshot || plan.learns === "demonstrations") return;
      sampling = sample(run, policy, next, control).then((sampled) => ({ ...sampled, stateHash }));
      // Awaited below. Without this, a failure would count as unhandled where the step itself fails first.
      sampling.catch(() => undefined);
    };
    const bandWords = (await run.corpus()).manifest.settings;
    const toolMetrics = (trajectories: readonly Trajectory[]) => run.environment.metrics(trajectories, { bandWords });
    const result = await tellingOutOfMemory(() =>
      position.apply(
        step,
        {
          guard: run.configuration.guard,
          guards: algorithmOf(run.configuration, plan.learns).guards,
          toolMetrics,
          control,
          ...(afterwards && { afterwards }),
        },
        sampleNext,
      ),
    );
    const overlapped = await sampling;
    if (result.kind === "refused") return { result, overlapped };
    if (snapshot) {
      await workspace.durably("snapshot", () =>
        position.snapshot({ branch: plan.branch, step: plan.step + 1, keep: false }),
      );
      await run.requireClaim();
      await pruneSnapshots(run.log, engineOf(run.configuration.policy), run.configuration.snapshot.keep);
    }
    return { result: { kind: "applied", stateHash: result.outcome.stateHash, snapshot }, overlapped };
  });
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
