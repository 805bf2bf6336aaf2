import { activityInfo } from "@temporalio/activity";
import { questionsOfStep } from "../src/curriculum/questions.ts";
import { rollout } from "../src/protocol/rollout.ts";
import { withHeartbeats } from "./heartbeat.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import { timedSearch } from "./timedSearch.ts";
import { measure } from "./usefulness.ts";
import type { Workspace } from "./workspace.ts";
import type { BatchReceipt } from "../src/domain/step.ts";
import type { StagePosition } from "./runs.ts";

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

export function createRolloutActivities({ workspace, engine }: RolloutDependencies): RolloutActivities {
  return {
    rollOut: (position) =>
      withHeartbeats(async (control) => {
        const run = await workspace.run(position.run);
        const { branch, stage, iteration, step } = position;
        const address = { branch, stage, iteration, shard: 0 };
        const adopted = await run.log.findBatch(address);
        if (adopted !== null) return { batches: [adopted] };
        return engine.at(run, { branch, step }, control, async ({ policy }) => {
          const started = performance.now();
          const search = timedSearch(await run.corpus());
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
          const searching = search.seconds();
          const sampled = performance.now();
          await measure(run, engine, position, trajectories, control);
          const timings = { "timing_s/rollout": (sampled - started) / 1000 - searching, "timing_s/search": searching, "timing_s/measure": (performance.now() - sampled) / 1000 };
          const receipt = await run.log.appendBatch(address, trajectories, { fingerprint: policy.fingerprint, timings, attempt: activityInfo().attempt });
          return { batches: [receipt] };
        });
      }),
  };
}
