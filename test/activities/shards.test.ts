import { MockActivityEnvironment } from "@temporalio/testing";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { ResidentEngine } from "../../activities/residentEngine.ts";
import { createRewardActivities } from "../../activities/rewards.ts";
import { sample, type RolledOut } from "../../activities/rollouts.ts";
import { createShardActivities, sharePolicy, type SharedPolicy } from "../../activities/shards.ts";
import type { OpenRun, Workspace } from "../../activities/workspace.ts";
import { decide } from "../../src/curriculum/decide.ts";
import { environmentOf } from "../../src/environments/environmentOf.ts";
import type { Policy } from "../../src/policy/port.ts";
import { featureHashing } from "../../src/rewards/featureHashing.ts";
import { createResidentPolicy, type ResidentPolicy } from "../../src/training/resident.ts";
import { createStepAtWork } from "../../src/training/stepAtWork.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { questionOf } from "../rewards/subjects.ts";
import { createFakePolicy } from "../training/fakePolicy.ts";
import { ofRun, temporaryFolder, testConfiguration } from "../training/trainer.ts";

/** A process with a policy of its own; `free` unless another run holds it. */
interface GpuProcess {
  readonly policy: Policy;
  readonly position: ResidentPolicy;
  readonly engine: Pick<ResidentEngine, "at" | "lent" | "beside">;
  free: boolean;
}

const place = { branch: "main", step: 0, stage: 1, iteration: 0 };
const position = { ...place, run: "test", name: "only", iterations: 1, gated: true };
const control = { signal: new AbortController().signal, onProgress: () => undefined };
const questions = ["a", "b", "c"].map((id) => ({ ...questionOf(), id }));
let log: RunLog;
let run: OpenRun;
let workspace: Workspace;
let trainer: GpuProcess;

function processOf(fingerprint = "fake"): GpuProcess {
  const policy = ofRun(createFakePolicy({}, fingerprint), log.folder);
  const resident = createResidentPolicy(policy, log);
  const process: GpuProcess = { policy, position: resident, free: true, engine: {} as GpuProcess["engine"] };
  const engine: GpuProcess["engine"] = {
    at: async (_run, address, control, work) => {
      await resident.moveTo(address, control);
      return work({ policy, position: resident });
    },
    lent: (_run, { saved, ...address }, control, work) =>
      process.free ? resident.moveTo(address, control, saved).then(() => work({ policy, position: resident })) : null,
    beside: async (_run, _address, _control, work) => work(policy),
  };
  return Object.assign(process, { engine });
}

beforeEach(async () => {
  log = await openRunLog(await temporaryFolder());
  trainer = processOf();
  await trainer.position.snapshot({ branch: "main", step: 0, keep: true });
  const configuration = testConfiguration({
    rollout: { questions: 3, samples: 2, maxResponseTokens: 20, shards: 2 },
    stages: [{ name: "only", iterations: 1, rewards: { answer: 1 } }],
  });
  run = {
    configuration,
    environment: environmentOf(configuration),
    log,
    atWork: createStepAtWork(log),
    dataset: { training: questions },
    corpus: async () => createWordSearch([passage("right", "flu first sleep", 9)]),
    encoder: async () => featureHashing,
    requireClaim: async () => undefined,
  } as unknown as OpenRun;
  workspace = { run: async () => run } as unknown as Workspace;
  await decide(log, configuration, []);
});

function shardBy({ engine }: GpuProcess, policy: SharedPolicy, index: number, attempt = 1): Promise<RolledOut> {
  const activities = createShardActivities({ workspace, engine, worker: "here" });
  const shard = { ...position, policy, shard: { index, of: 2 } };
  return new MockActivityEnvironment({ attempt }).run(() => activities.rollOutShard(shard)) as Promise<RolledOut>;
}

const share = (): Promise<SharedPolicy> => sharePolicy(trainer.engine, run, position, control);

it("other processes sample shards by the policy that was shared, together what one piece holds, each once", async () => {
  const shared = await share();
  const parts = [await shardBy(processOf(), shared, 0), await shardBy(processOf(), shared, 1)];
  expect((await shardBy(processOf(), shared, 1)).batches).toEqual(parts[1]?.batches);
  const together = await log.readBatches(parts.flatMap(({ batches }) => batches));
  expect(together.fingerprint).toBe("fake, shard of 2");
  expect(parts.map(({ workers }) => workers)).toEqual([["here"], ["here"]]);
  const whole = await sample(run, trainer.policy, position, control);
  expect(together.trajectories).toEqual(whole.trajectories);
});

it("a policy that is gone is restored from the log, one of another state is refused", async () => {
  const shared = await share();
  await rm(join(log.folder, shared.ref), { recursive: true });
  expect(await shardBy(processOf(), shared, 0)).toMatchObject({ batches: [{ count: 2 }] });
  await expect(shardBy(processOf(), { ...shared, stateHash: "another" }, 1)).rejects.toThrow(
    /checkpoints\/rollout: holds the state another, but step 0 of branch "main" begins from [0-9a-f]{64}/u,
  );
});

it("a process that works for another run hands the shard back, one of another engine too, which is told in the end", async () => {
  const shared = await share();
  const busy = processOf();
  busy.free = false;
  await expect(shardBy(busy, shared, 0)).rejects.toMatchObject({ nonRetryable: false, message: /for another run/u });
  const other = processOf("elsewhere");
  const refused = { message: /sampled by the engine "fake"; this is "elsewhere"/u, type: "OtherEngine" };
  await expect(shardBy(other, shared, 0)).rejects.toMatchObject({ ...refused, nonRetryable: false });
  await expect(shardBy(other, shared, 0, 60)).rejects.toMatchObject({ ...refused, nonRetryable: true });
  expect(await log.findBatch({ ...place, shard: 0 })).toBeNull();
});

it("shards that were scored in any order are planned as if they were scored together", async () => {
  const shared = await share();
  const parts = [await shardBy(trainer, shared, 0), await shardBy(trainer, shared, 1)];
  const batches = parts.flatMap((part) => part.batches);
  const rewards = createRewardActivities(workspace);
  const activity = new MockActivityEnvironment();
  for (const part of parts.toReversed())
    expect(await activity.run(() => rewards.scoreBatches({ ...position, batches: part.batches }))).toMatchObject({
      timings: { "timing_s/score": expect.any(Number) },
    });
  const known = run.atWork.scoredBefore(await run.atWork.load(batches), { answer: 1 });
  expect(known.map((one) => one?.scores.length)).toEqual([2, 4]);
  await activity.run(() => rewards.scoreAndPlan({ ...position, batches, rounds: 0 }));
  const step = await log.readStep(place);
  expect(step?.scores).toEqual(known.flatMap((one) => one?.scores ?? []));
  expect(step?.plan.batches).toEqual(batches);
});
