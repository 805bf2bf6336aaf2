import type { OfRun, PolicyAddress, StagePosition } from "../src/domain/address.ts";
import type { PlannedStep } from "../src/domain/step.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import { engineOf } from "../src/configuration/policy.ts";
import type { Policy } from "../src/policy/port.ts";
import { algorithmOf } from "../src/training/learning.ts";
import type { ResidentPolicy } from "../src/training/resident.ts";
import { pruneSnapshots } from "../src/training/snapshots.ts";
import { validation } from "./demonstrations.ts";
import type { ActivityControl } from "./heartbeat.ts";
import { tellingOutOfMemory } from "./outOfMemory.ts";
import type { Resident, ResidentEngine } from "./residentEngine.ts";
import { rollOutAhead, type RolloutAhead } from "./rolloutAhead.ts";
import { sample, type OverlappedRollout } from "./rollouts.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/** A step that counts, whose policy was saved where `snapshot` says so. */
export interface AppliedStep {
  readonly kind: "applied";
  readonly stateHash: string;
  readonly snapshot: boolean;
}

/** A step that a guard refused before it counted. */
export interface RefusedStep {
  readonly kind: "refused";
  readonly guard: string;
  readonly message: string;
}

export interface AppliedPlan {
  readonly result: AppliedStep | RefusedStep;
  /**
   * Rollout of the next iteration, sampled while the step was being taken (`rollout.staleness`) or recorded; null where it is in the log, where the
   * step was recorded before, or a snapshot is due.
   */
  readonly overlapped: OverlappedRollout | null;
}

/** Applies the recorded plan of an iteration; `next` is the iteration whose rollout may go on beside it. */
export async function applyPlan(
  { workspace, engine }: { readonly workspace: Workspace; readonly engine: Pick<ResidentEngine, "at"> },
  input: OfRun<StagePosition>,
  next: OfRun<StagePosition> | null,
  control: ActivityControl,
): Promise<AppliedPlan> {
  const run = await workspace.run(input.run);
  const step = await run.atWork.loadPlanned(input);
  if (step === null)
    throw new Error(`no plan for step ${input.step} on branch ${input.branch}: score the iteration first`);
  const { plan } = step;
  return engine.at(run, { branch: plan.branch, step: plan.step }, control, async (resident) => {
    // Demonstrations need no rollout.
    const samples = plan.learns === "demonstrations" ? null : next;
    const ahead = samples === null ? null : await beginAhead(run, resident.policy, samples, control);
    try {
      return await takeStep({ workspace, run, resident, input, step, next: samples, ahead, control });
    } catch (error) {
      await ahead?.abandon();
      throw error;
    }
  });
}

interface StepToTake {
  readonly workspace: Workspace;
  readonly run: OpenRun;
  readonly resident: Resident;
  readonly input: OfRun<StagePosition>;
  readonly step: PlannedStep;
  /** Whose rollout goes on beside it; null for none. */
  readonly next: OfRun<StagePosition> | null;
  readonly ahead: RolloutAhead | null;
  readonly control: ActivityControl;
}

async function takeStep({
  workspace,
  run,
  resident,
  input,
  step,
  next,
  ahead,
  control,
}: StepToTake): Promise<AppliedPlan> {
  const { policy, position } = resident;
  const { plan } = step;
  const { guard, snapshot: snapshots } = run.configuration;
  const snapshot = (plan.step + 1) % snapshots.every === 0;
  const afterwards = plan.learns === undefined ? undefined : validation(run, input, control);
  let sampling = Promise.resolve<OverlappedRollout | null>(null);
  const sampleNext = (stateHash: string): void => {
    // A snapshot must not wait for a rollout.
    if (next === null || ahead !== null || snapshot) return;
    sampling = sample(run, policy, next, control).then((sampled) => ({ ...sampled, stateHash, staleness: 0 }));
    // Awaited below. Without this, a failure would count as unhandled where the step itself fails first.
    sampling.catch(() => undefined);
  };
  const bandWords = (await run.corpus()).manifest.settings;
  const toolMetrics = (trajectories: readonly Trajectory[]) => run.environment.metrics(trajectories, { bandWords });
  const { guards } = algorithmOf(run.configuration, plan.learns);
  const options = { guard, guards, toolMetrics, control, ...(afterwards && { afterwards }) };
  const began = performance.now();
  const result = await tellingOutOfMemory(() => position.apply(step, options, sampleNext));
  const ended = performance.now();
  if (result.kind === "refused") {
    await ahead?.abandon();
    return { result, overlapped: await sampling };
  }
  if (snapshot) await takeSnapshot(workspace, run, position, { branch: plan.branch, step: plan.step + 1 });
  const overlapped = ahead === null ? await sampling : await ahead.finished({ began, ended });
  return { result: { kind: "applied", stateHash: result.outcome.stateHash, snapshot }, overlapped };
}

/** Begins the next rollout before the update where the run is to; null where it is not, or the log has that rollout. */
async function beginAhead(
  run: OpenRun,
  policy: Policy,
  next: OfRun<StagePosition>,
  control: ActivityControl,
): Promise<RolloutAhead | null> {
  if (run.configuration.rollout.staleness !== 1) return null;
  const { branch, stage, iteration } = next;
  const written = await run.log.findBatch({ branch, stage, iteration, shard: 0 });
  return written === null ? rollOutAhead(run, policy, next, control) : null;
}

/** Snapshots the policy and removes snapshots that are too old. */
async function takeSnapshot(
  workspace: Workspace,
  run: OpenRun,
  position: ResidentPolicy,
  address: PolicyAddress,
): Promise<void> {
  await workspace.durably("snapshot", () => position.snapshot({ ...address, keep: false }));
  await run.requireClaim();
  await pruneSnapshots(run.log, engineOf(run.configuration.policy), run.configuration.snapshot.keep);
}
