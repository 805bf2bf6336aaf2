import type { FurtherRollout, RolledOut } from "../activities/rollouts.ts";
import type { SharedPolicy } from "../activities/shards.ts";
import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { addTimings } from "../src/trajectories/timings.ts";
import { failureTypes } from "../temporal.config.ts";
import type { EngineSession } from "./engineSession.ts";
import { isFailureOfType } from "./faults.ts";
import { anyEngine, cpu } from "./proxies.ts";

/** Rolls out an iteration's questions, or further ones. */
export type RollOut = (position: OfRun<StagePosition>, name: string, further?: FurtherRollout) => Promise<RolledOut>;

/** The process that trains also samples. */
export function wholeRollouts(engine: EngineSession): RollOut {
  return (position, name, further) => {
    const summary =
      further === undefined
        ? `${name}: roll out`
        : `${name}: roll out ${further.wanted} further questions (round ${further.round})`;
    return engine.run((activities) =>
      activities.rollOut.executeWithOptions({ summary }, [further === undefined ? position : { ...position, further }]),
    );
  };
}

/**
 * Any gpu process samples shards of a rollout, with the policy that the training process shared. `shared` is the policy
 * of this iteration, where an update has just shared it. The shard of a lost process is sampled again by another one.
 * Each shard is scored when it ends. Batches are in the order of the shards.
 */
export function shardedRollouts(engine: EngineSession, shards: number, shared: SharedPolicy | null): RollOut {
  let policy = shared;
  return async (position, name, further) => {
    const of = Math.min(shards, further?.wanted ?? shards);
    const rollOutShard = async (index: number, by: SharedPolicy): Promise<RolledOut> => {
      const round = further === undefined ? "" : ` of further questions (round ${further.round})`;
      const which = `shard ${index + 1} of ${of}${round}`;
      const shard = { ...position, shard: { index, of }, policy: by, ...(further && { further }) };
      const sampled = await anyEngine.rollOutShard.executeWithOptions({ summary: `${name}: roll out ${which}` }, [
        shard,
      ]);
      // Scores this shard while others are still being sampled.
      const scored = await cpu.scoreBatches.executeWithOptions({ summary: `${name}: score ${which}` }, [
        { ...position, batches: sampled.batches },
      ]);
      return { ...sampled, timings: addTimings(sampled.timings ?? {}, scored.timings ?? {}) };
    };
    for (;;) {
      const by = (policy ??= await engine.run((activities) =>
        activities.sharePolicy.executeWithOptions({ summary: `${name}: share the policy` }, [position]),
      ));
      // All of them are waited for: none may still be at work when they are asked for again.
      const ends = await Promise.allSettled(Array.from({ length: of }, (_, index) => rollOutShard(index, by)));
      const failed = ends.filter((end) => end.status === "rejected").map(({ reason }): unknown => reason);
      const worst = failed.find((reason) => !isFailureOfType(reason, failureTypes.otherEngine)) ?? failed[0];
      if (worst === undefined) return joined(ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : [])));
      if (!isFailureOfType(worst, failureTypes.otherEngine)) throw worst;
      // The engine that shared the policy is gone: the engine that trains now shares its own. Finished shards are
      // adopted.
      policy = null;
    }
  };
}

/** Joins several rollouts of an iteration, in their order. */
export function joined(parts: readonly RolledOut[]): RolledOut {
  const workers = [...new Set(parts.flatMap((part) => part.workers ?? []))].toSorted();
  return {
    batches: parts.flatMap(({ batches }) => batches),
    timings: parts.map(({ timings = {} }) => timings).reduce(addTimings, {}),
    ...(workers.length > 0 && { workers }),
  };
}
