import { activityInfo } from "@temporalio/activity";
import { questionsOfStep } from "../src/curriculum/questions.ts";
import { stateHashAt } from "../src/curriculum/replay.ts";
import { rollout } from "../src/protocol/rollout.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { Policy } from "../src/policy/port.ts";
import type { Likelihoods } from "../src/rewards/measureUsefulness.ts";
import { withHeartbeats, type ActivityControl } from "./heartbeat.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { timedSearch } from "./timedSearch.ts";
import { measure, unmeasured } from "./usefulness.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import type { BatchReceipt } from "../src/domain/step.ts";
import type { StagePosition } from "./position.ts";

export interface RolloutActivities {
  /**
   * Samples the iteration's trajectories, measures what the reward usefulness needs, and appends them as one batch; a
   * complete batch of an earlier attempt is adopted.
   */
  rollOut(position: StagePosition): Promise<{ readonly batches: readonly BatchReceipt[] }>;
}

export interface RolloutDependencies {
  readonly workspace: Workspace;
  readonly engine: ResidentEngine;
}

/** An iteration's trajectories before they are written. */
export interface Sampled {
  readonly trajectories: readonly Trajectory[];
  /** Seconds by name. */
  readonly timings: Readonly<Record<string, number>>;
  /** Of the engine. */
  readonly fingerprint: string;
}

/** What was sampled before it was certain that the policy's state is the one that counts. */
export interface SampledAhead extends Sampled {
  readonly stateHash: string;
}

export function createRolloutActivities(dependencies: RolloutDependencies): RolloutActivities {
  return { rollOut: (position) => withHeartbeats((control) => rollOut(dependencies, position, control)) };
}

/** As the activity says; takes what was sampled ahead where the log says the same state. */
export async function rollOut({ workspace, engine }: RolloutDependencies, position: StagePosition, control: ActivityControl, ahead: SampledAhead | null = null): Promise<{ readonly batches: readonly BatchReceipt[] }> {
  const run = await workspace.run(position.run);
  const { branch, stage, iteration } = position;
  const address = { branch, stage, iteration, shard: 0 };
  const adopted = await run.log.findBatch(address);
  if (adopted !== null) {
    await measureAdopted(run, engine, position, adopted, control);
    return { batches: [adopted] };
  }
  return engine.at(run, position, control, async ({ policy }) => {
    const counts = ahead !== null && ahead.stateHash === stateHashAt(await run.log.history(), position);
    const { trajectories, timings, fingerprint } = counts ? ahead : await sample(run, policy, position, control);
    const started = performance.now();
    const likelihoods = await measure(run, engine, await unmeasured(run, position, trajectories), control);
    const details = { fingerprint, timings: { ...timings, "timing_s/measure": secondsSince(started) }, attempt: activityInfo().attempt };
    // One without the other is made whole by the next attempt, whichever was first.
    const [receipt] = await Promise.all([run.log.appendBatch(address, trajectories, details), appendLikelihoods(run, likelihoods)]);
    return { batches: [receipt] };
  });
}

/** Samples the iteration's trajectories with a policy that stands where the iteration begins; nothing is written. */
export async function sample(run: OpenRun, policy: Policy, { branch, stage, iteration, step }: StagePosition, control: ActivityControl): Promise<Sampled> {
  const search = timedSearch(await run.corpus());
  const started = performance.now();
  const { seed, rollout: configuration } = run.configuration;
  const trajectories = await rollout({
    sampler: policy,
    search,
    questions: questionsOfStep(run.dataset.training, { seed, step, count: configuration.questions }),
    samples: configuration.samples,
    configuration,
    address: { runSeed: seed, purpose: "training", branch, stage, iteration },
    control,
  });
  return { trajectories, fingerprint: policy.fingerprint, timings: { "timing_s/rollout": secondsSince(started) - search.seconds(), "timing_s/search": search.seconds() } };
}

/** The attempt that wrote a batch may have died before it wrote what it measured. */
async function measureAdopted(run: OpenRun, engine: ResidentEngine, position: StagePosition, adopted: BatchReceipt, control: ActivityControl): Promise<void> {
  const missing = await unmeasured(run, position, await run.log.readBatch(adopted));
  if (missing.contexts.length === 0) return;
  await appendLikelihoods(run, await engine.at(run, position, control, () => measure(run, engine, missing, control)));
}

async function appendLikelihoods(run: OpenRun, likelihoods: Likelihoods): Promise<void> {
  if (likelihoods.size > 0) await run.log.appendLikelihoods(likelihoods);
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
