import { ApplicationFailure, Context } from "@temporalio/activity";
import type { OfRun, StagePosition } from "../src/domain/address.ts";
import type { Shard } from "../src/curriculum/questions.ts";
import type { SavedPolicy } from "../src/policy/port.ts";
import { failureTypes, maximumShardRefusals, shardHandedBack } from "../temporal.config.ts";
import { withControl, type ActivityControl } from "./heartbeat.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { rollOut, type FurtherRollout, type RolledOut, type RolloutDependencies } from "./rollouts.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

/** The policy that a rollout's shards are sampled by, as its engine saved it, and which engine is to sample. */
export interface SharedPolicy extends SavedPolicy {
  readonly fingerprint: string;
}

/** A part of an iteration's rollout that any gpu process may take. */
export type ShardOfRollout = OfRun<StagePosition> & {
  readonly shard: Shard;
  readonly policy: SharedPolicy;
  readonly further?: FurtherRollout;
};

/** Served by every gpu process on the queue of rollouts. */
export interface ShardActivities {
  /** Samples a shard's trajectories and appends them as a batch of their own; a complete batch of an earlier attempt is adopted. */
  rollOutShard(shard: ShardOfRollout): Promise<RolledOut>;
}

export interface ShardDependencies {
  readonly workspace: Workspace;
  readonly engine: Pick<ResidentEngine, "lent" | "beside">;
  /** Of this process, for a person. */
  readonly worker: string;
}

/** Saved for other processes under this name, and replaced at the next iteration: it is no snapshot of the run. */
const sharedName = "rollout";

/** Saves the policy of an address where other processes find it. */
export async function sharePolicy(
  engine: Pick<ResidentEngine, "at">,
  run: OpenRun,
  position: StagePosition,
  control: ActivityControl,
): Promise<SharedPolicy> {
  return engine.at(run, position, control, async ({ policy }) => {
    await run.requireClaim();
    return { ...(await policy.save(sharedName)), fingerprint: policy.fingerprint };
  });
}

export function createShardActivities({ workspace, engine, worker }: ShardDependencies): ShardActivities {
  return {
    rollOutShard: ({ policy, shard, further, ...position }) =>
      withControl(async (control) => {
        const part = { shard, further };
        const lent = { at: lentFor(policy, engine), beside: engine.beside };
        return { ...(await rollOut({ workspace, engine: lent }, position, control, part)), workers: [worker] };
      }),
  };
}

/**
 * Engine work for a shard. It is refused while another run holds the engine, and where it is not the engine that the
 * shard names.
 */
function lentFor(saved: SharedPolicy, engine: Pick<ResidentEngine, "lent">): RolloutDependencies["engine"]["at"] {
  return async (run, { branch, step }, control, work) => {
    const lending = engine.lent(run, { branch, step, saved }, control, async (resident) => {
      const { fingerprint } = resident.policy;
      // Returned, not thrown: an error would close a policy that is merely not wanted.
      return fingerprint === saved.fingerprint ? { done: await work(resident) } : { other: fingerprint };
    });
    if (lending === null) throw handBack("this process works for another run");
    const result = await lending;
    if ("other" in result)
      throw handBack(
        `the shard is to be sampled by the engine "${saved.fingerprint}"; this is "${result.other}"`,
        true,
      );
    return result.done;
  };
}

/** Leaves the shard to other processes, or to a later attempt; after many refusals the workflow hears of it. */
function handBack(message: string, otherEngine = false): ApplicationFailure {
  const nonRetryable = otherEngine && Context.current().info.attempt >= maximumShardRefusals;
  return ApplicationFailure.create({
    message,
    type: otherEngine ? failureTypes.otherEngine : "Busy",
    nonRetryable,
    nextRetryDelay: shardHandedBack,
  });
}
