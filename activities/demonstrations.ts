import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { join } from "node:path";
import { activityInfo } from "@temporalio/activity";
import { batchOfDemonstrations, splitDemonstrations } from "../src/curriculum/demonstrationBatch.ts";
import { keepDemonstrations, readKeptDemonstrations } from "../src/curriculum/keptDemonstrations.ts";
import type { Demonstration } from "../src/demonstrations/demonstration.ts";
import type { DemonstrationContext } from "../src/demonstrations/demonstrationSource.ts";
import { gatherDemonstrations } from "../src/demonstrations/gatherDemonstrations.ts";
import type { BatchReceipt } from "../src/domain/step.ts";
import type { Policy } from "../src/policy/port.ts";
import { heldOutLoss } from "../src/training/heldOutLoss.ts";
import type { Metrics } from "../src/training/stepMetrics.ts";
import type { ActivityControl } from "./heartbeat.ts";
import { databaseFolder } from "../src/trajectories/lanceLog.ts";
import { keptAnswers } from "./keptAnswers.ts";
import { needsPerson } from "./failures.ts";
import type { OpenRun } from "./workspace.ts";

type Position = OfRun<StagePosition>;

/**
 * Appends an iteration's demonstrations as its batch. Those of the stage are gathered first, unless an earlier attempt
 * gathered them.
 */
export async function handOutDemonstrations(
  run: OpenRun,
  policy: Policy,
  position: Position,
  control: ActivityControl,
): Promise<BatchReceipt> {
  const started = performance.now();
  const { learning } = split(run, await demonstrationsOf(run, policy, position, control));
  const { branch, stage, iteration } = position;
  const { seed, rollout } = run.configuration;
  const count = rollout.questions * rollout.samples;
  const trajectories = batchOfDemonstrations(learning, { seed, count, branch, stage, iteration });
  const timings = { "timing_s/demonstrations": (performance.now() - started) / 1000 };
  const { fingerprint } = policy;
  const receipt: BatchReceipt = await run.log.appendBatch({ branch, stage, iteration, shard: 0 }, trajectories, {
    fingerprint,
    timings,
    attempt: activityInfo().attempt,
  });
  run.atWork.sampled({ batches: [receipt], trajectories, fingerprint, timings });
  return receipt;
}

/**
 * Measures the held-out demonstrations after the last iteration that a stage has for now; undefined in earlier
 * iterations.
 */
export function validation(
  run: OpenRun,
  position: Position,
  control: ActivityControl,
): ((policy: Policy) => Promise<Metrics>) | undefined {
  if (position.iteration + 1 < position.iterations) return undefined;
  return async (policy) => {
    const { heldOut } = split(run, await demonstrationsOf(run, policy, position, control));
    return heldOutLoss(
      policy,
      heldOut.map(({ trajectory }) => trajectory),
      control,
    );
  };
}

/** Demonstrations of the runs that are open in this process. */
const known = new WeakMap<OpenRun, readonly Demonstration[]>();

/**
 * The demonstrations that the run keeps. Where it keeps none, they are gathered with the policy that the stage begins
 * with.
 */
async function demonstrationsOf(
  run: OpenRun,
  policy: Policy,
  { branch, stage, iteration }: Position,
  control: ActivityControl,
): Promise<readonly Demonstration[]> {
  const kept = known.get(run) ?? (await readKeptDemonstrations(run.folder));
  const demonstrations = kept ?? (await gather(run, policy, { branch, stage, iteration }, control));
  known.set(run, demonstrations);
  return demonstrations;
}

async function gather(
  run: OpenRun,
  policy: Policy,
  address: DemonstrationContext["address"],
  control: ActivityControl,
): Promise<readonly Demonstration[]> {
  const { configuration, environment, dataset } = run;
  const { warmStart, rollout, seed } = configuration;
  const gathered = await gatherDemonstrations(warmStart, {
    policy,
    environment,
    corpus: await run.corpus(),
    maxResponseTokens: rollout.maxResponseTokens,
    address,
    dataset,
    seed,
    rollout,
    control,
    kept: await keptAnswers(join(run.folder, databaseFolder)),
  });
  if (gathered.demonstrations.length === 0)
    throw needsPerson(
      [
        "warmStart.demonstrations: no source gave one that can be learnt from.",
        ...gathered.notes,
        "Start another run that names a source which does, or one without a warm start (warmStart.when=off).",
      ].join(" "),
    );
  await run.requireClaim();
  await keepDemonstrations(run.folder, gathered);
  return gathered.demonstrations;
}

function split(
  { configuration }: OpenRun,
  demonstrations: readonly Demonstration[],
): ReturnType<typeof splitDemonstrations> {
  const { seed, warmStart } = configuration;
  return splitDemonstrations(demonstrations, { seed, share: warmStart.validationShare });
}
