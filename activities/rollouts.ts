import type { OfRun, PolicyAddress, StagePosition } from "../src/domain/address.ts";
import { activityInfo } from "@temporalio/activity";
import { furtherQuestions, questionsOfShard, questionsOfStep, type Shard } from "../src/curriculum/questions.ts";
import { runStage } from "../src/curriculum/runStages.ts";
import { stateHashAt } from "../src/training/replay.ts";
import { stalenessMetric } from "../src/training/staleness.ts";
import { rollout } from "../src/protocol/rollout.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { Policy, Sampler } from "../src/policy/port.ts";
import type { Likelihoods } from "../src/rewards/measureUsefulness.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import { handOutDemonstrations } from "./demonstrations.ts";
import { withControl, type ActivityControl } from "./heartbeat.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { timedSearch } from "./timedSearch.ts";
import { measure, unmeasured } from "./usefulness.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import type { BatchReceipt } from "../src/domain/step.ts";

/** The batches that an iteration learns from. */
export interface RolledOut {
  readonly batches: readonly BatchReceipt[];
  /** Seconds by name of what went on beside the batches' writing; runs that began earlier have them in the batches' details. */
  readonly timings?: Readonly<Record<string, number>>;
  /** The gpu processes that sampled its shards, by name; left out where it was one piece. */
  readonly workers?: readonly string[];
}

/** Questions that a step asks beside its own, in its n-th round (from 1). */
export interface FurtherRollout {
  readonly round: number;
  /** Further questions of the rounds before. */
  readonly asked: number;
  readonly wanted: number;
}

export interface RolloutActivities {
  /**
   * Samples the iteration's trajectories, appends them as one batch, and measures what the reward usefulness needs; a
   * complete batch of an earlier attempt is adopted.
   */
  rollOut(position: OfRun<StagePosition> & { readonly further?: FurtherRollout }): Promise<RolledOut>;
}

export interface RolloutDependencies {
  readonly workspace: Workspace;
  readonly engine: Pick<ResidentEngine, "at" | "beside">;
}

/** An iteration's trajectories before they are written. */
export interface Sampled {
  readonly trajectories: readonly Trajectory[];
  /** Seconds by name. */
  readonly timings: Readonly<Record<string, number>>;
  /** Of the engine. */
  readonly fingerprint: string;
}

/** Trajectories sampled before it is certain that the policy's state is the one that counts. */
export interface OverlappedRollout extends Sampled {
  /** Of the policy that sampled. */
  readonly stateHash: string;
  /** Updates that it is behind the one that the iteration begins with. */
  readonly staleness: 0 | 1;
}

export function createRolloutActivities(dependencies: RolloutDependencies): RolloutActivities {
  return {
    rollOut: ({ further, ...position }) =>
      withControl((control) => rollOut(dependencies, position, control, { further })),
  };
}

/** Which questions of an iteration: its own, further ones, or a shard of either. */
export interface RolloutPart {
  readonly further?: FurtherRollout | undefined;
  readonly shard?: Shard | undefined;
}

/** Does the work of the activity `rollOut`. The overlapped rollout is used where the log has the same state. */
export async function rollOut(
  { workspace, engine }: RolloutDependencies,
  position: OfRun<StagePosition>,
  control: ActivityControl,
  { overlapped = null, ...part }: RolloutPart & { readonly overlapped?: OverlappedRollout | null } = {},
): Promise<RolledOut> {
  const run = await workspace.run(position.run);
  const { branch, stage, iteration } = position;
  const address = { branch, stage, iteration, shard: batchNumber(run, part) };
  const [adopted, history] = await Promise.all([run.log.findBatch(address), run.log.history()]);
  if (adopted !== null) {
    await measureAdopted(run, engine, history, position, adopted, control);
    return { batches: [adopted] };
  }
  return engine.at(run, position, control, async ({ policy }) => {
    if (runStage(history, stage, branch).learns === "demonstrations")
      return { batches: [await handOutDemonstrations(run, policy, position, control)], timings: {} };
    const counts = overlapped !== null && overlapped.stateHash === sampledBy(history, position, overlapped);
    const { trajectories, timings, fingerprint } = counts
      ? overlapped
      : await sample(run, policy, position, control, part);
    const staleness = run.configuration.rollout.staleness === 1 && {
      [stalenessMetric]: counts ? overlapped.staleness : 0,
    };
    const measured = { ...timings, ...staleness };
    const missing = await unmeasured(run, history, position, trajectories);
    const measuring = async (): Promise<number> => {
      const started = performance.now();
      const likelihoods = await measure(run, engine, missing, control);
      const seconds = secondsSince(started);
      await appendLikelihoods(run, likelihoods);
      return seconds;
    };
    // When only one of them is written, the next attempt adds the other.
    const [receipt, seconds] = await Promise.all([
      run.log.appendBatch(address, trajectories, { fingerprint, timings: measured, attempt: activityInfo().attempt }),
      measuring(),
    ]);
    run.atWork.sampled({ batches: [receipt], trajectories, fingerprint, timings: measured });
    return { batches: [receipt], timings: { "timing_s/measure": seconds } };
  });
}

/** Hash of the state that an overlapped rollout must have been sampled by; null where there is none. */
function sampledBy(
  history: RunHistory,
  { branch, step }: PolicyAddress,
  { staleness }: Pick<OverlappedRollout, "staleness">,
): string | null {
  return step < staleness ? null : stateHashAt(history, { branch, step: step - staleness });
}

/** Samples the iteration's trajectories with a policy that stands where the iteration begins; nothing is written. */
export async function sample(
  run: OpenRun,
  policy: Sampler & Pick<Policy, "fingerprint">,
  { branch, stage, iteration, step }: OfRun<StagePosition>,
  control: ActivityControl,
  { further, shard }: RolloutPart = {},
): Promise<Sampled> {
  const search = timedSearch(await run.corpus());
  const started = performance.now();
  const { seed, rollout: configuration } = run.configuration;
  const place = { seed, step, count: configuration.questions };
  const asked =
    further === undefined
      ? questionsOfStep(run.dataset.training, place)
      : furtherQuestions(run.dataset.training, { ...place, ...further });
  const trajectories = await rollout({
    sampler: policy,
    environment: run.environment,
    corpus: search,
    questions: shard === undefined ? asked : questionsOfShard(asked, shard),
    samples: configuration.samples,
    configuration,
    address: { runSeed: seed, purpose: "training", branch, stage, iteration },
    control,
  });
  return {
    trajectories,
    fingerprint: shard === undefined ? policy.fingerprint : `${policy.fingerprint}, shard of ${shard.of}`,
    timings: { "timing_s/rollout": secondsSince(started) - search.seconds(), "timing_s/search": search.seconds() },
  };
}

/** Tells an iteration's batches apart: its rounds, and their shards. */
function batchNumber({ configuration }: OpenRun, { further, shard }: RolloutPart): number {
  return (further?.round ?? 0) * (configuration.rollout.shards ?? 1) + (shard?.index ?? 0);
}

/** The attempt that wrote a batch may have died before it wrote what it measured. */
async function measureAdopted(
  run: OpenRun,
  engine: RolloutDependencies["engine"],
  history: RunHistory,
  position: OfRun<StagePosition>,
  adopted: BatchReceipt,
  control: ActivityControl,
): Promise<void> {
  const missing = await unmeasured(run, history, position, (await run.atWork.load([adopted])).trajectories);
  if (missing.contexts.length === 0) return;
  await appendLikelihoods(run, await engine.at(run, position, control, () => measure(run, engine, missing, control)));
}

async function appendLikelihoods(run: OpenRun, likelihoods: Likelihoods): Promise<void> {
  if (likelihoods.size > 0) await run.log.appendLikelihoods(likelihoods);
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
