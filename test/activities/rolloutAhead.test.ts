import { MockActivityEnvironment } from "@temporalio/testing";
import { beforeEach, expect, it } from "vitest";
import type { ResidentEngine } from "../../activities/residentEngine.ts";
import { createRolloutActivities, sample, type RolledOut } from "../../activities/rollouts.ts";
import { createUpdateActivities, type UpdateResult } from "../../activities/updates.ts";
import type { OpenRun, Workspace } from "../../activities/workspace.ts";
import { decide } from "../../src/curriculum/decide.ts";
import type { OfRun, StagePosition } from "../../src/domain/address.ts";
import type { PlannedStep } from "../../src/domain/step.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { environmentOf } from "../../src/environments/environmentOf.ts";
import type { Policy, Sampler } from "../../src/policy/port.ts";
import { recordStep } from "../../src/training/record.ts";
import { createResidentPolicy } from "../../src/training/resident.ts";
import { createStepAtWork } from "../../src/training/stepAtWork.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { questionOf } from "../rewards/subjects.ts";
import { createFakePolicy, type Faults } from "../training/fakePolicy.ts";
import { ofRun, readyStep, temporaryFolder, testConfiguration } from "../training/trainer.ts";

/** A run with `rollout.staleness` 1 in a real log, and processes whose policies keep their weights for a sampler. */
const control = { signal: new AbortController().signal, onProgress: () => undefined };
const at = (step: number): OfRun<StagePosition> => ({
  run: "test",
  branch: "main",
  step,
  stage: 1,
  iteration: step,
  iterations: 3,
  name: "only",
  gated: true,
});
let log: RunLog;
let run: OpenRun;

beforeEach(async () => {
  log = await openRunLog(await temporaryFolder());
  const configuration = testConfiguration({
    rollout: { questions: 2, samples: 3, maxResponseTokens: 20 },
    stages: [{ name: "only", iterations: 3, rewards: { answer: 1 } }],
    snapshot: { every: 10 },
  });
  run = {
    // The embedded engine would refuse it; what is tested here is any engine that can.
    configuration: { ...configuration, rollout: { ...configuration.rollout, staleness: 1 } },
    environment: environmentOf(configuration),
    log,
    atWork: createStepAtWork(log),
    dataset: { training: ["a", "b", "c", "d"].map((id) => ({ ...questionOf(), id })) },
    corpus: async () => ({ ...createWordSearch([passage("right", "flu first sleep", 9)]), manifest: {} }),
    requireClaim: async () => undefined,
  } as unknown as OpenRun;
  await decide(log, configuration, []);
});

interface ProcessOptions {
  readonly faults?: Faults;
  /** Called before the frozen weights sample what is not the proof. */
  readonly beforeSampling?: (signal: AbortSignal | undefined) => Promise<void>;
  /** Added to the log-probabilities that the frozen weights report. */
  readonly wrongBy?: number;
}

/** A gpu process of its own: nothing is resident in it yet. */
async function processOf({ faults, beforeSampling = async () => undefined, wrongBy = 0 }: ProcessOptions = {}) {
  const fake = createFakePolicy(faults);
  const kept = ofRun(fake, log.folder);
  const events: string[] = [];
  const freeze = async (): Promise<Sampler> => {
    const frozen = createFakePolicy();
    frozen.weights.set(fake.weights);
    return {
      tokenizer: frozen.tokenizer,
      sample: async (requests, responder, options) => {
        const isProof = requests.some(({ seed }) => seed.includes("sampler-proof"));
        events.push(isProof ? "proof" : "sampling begins");
        if (!isProof) await beforeSampling(options?.signal);
        const sampled = await frozen.sample(requests, responder, options);
        if (!isProof) events.push("sampling ends");
        return sampled.map(({ segments, ...rest }) => ({
          ...rest,
          segments: segments.map((one) => ({
            ...one,
            logProbabilities: one.logProbabilities.map((value) => value - wrongBy),
          })),
        }));
      },
    };
  };
  const policy: Policy = new Proxy(kept, {
    get: (target, name) => {
      if (name === "freeze") return freeze;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        if (name === "optimizerStep") events.push("step");
        return value.apply(target, given);
      };
    },
  });
  const position = createResidentPolicy(policy, log);
  if ((await log.history()).checkpoints({ branch: "main", step: 0 }).length === 0)
    await position.snapshot({ branch: "main", step: 0, keep: true });
  const engine = {
    at: async (_run, address, given, work) => {
      await position.moveTo(address, given);
      return work({ policy, position });
    },
    beside: async (_run, _address, _control, work) => work(policy),
  } as Pick<ResidentEngine, "at" | "beside"> as ResidentEngine;
  const workspace = {
    run: async () => run,
    durably: async (_: string, write: () => unknown) => write(),
  } as unknown as Workspace;
  const activity = new MockActivityEnvironment();
  return {
    policy,
    position,
    events,
    rollOut: (step: number) =>
      activity.run(() => createRolloutActivities({ workspace, engine }).rollOut(at(step))) as Promise<RolledOut>,
    update: (step: number) =>
      activity.run(() =>
        createUpdateActivities({ workspace, engine }).update({ ...at(step), rollOutNext: true }),
      ) as Promise<UpdateResult>,
  };
}

type Process = Awaited<ReturnType<typeof processOf>>;

async function plan(step: number, { batches }: Partial<RolledOut>): Promise<PlannedStep> {
  return recordStep(log, run.configuration, at(step), await readyStep(log, run.configuration, batches ?? []));
}

/** What the policy before a step samples for an iteration. */
async function sampledBy(
  { policy, position }: Process,
  step: number,
  iteration: number,
): Promise<readonly Trajectory[]> {
  await position.moveTo({ branch: "main", step });
  return (await sample(run, policy, at(iteration), control)).trajectories;
}

function batchesOf(result: UpdateResult): Partial<RolledOut> {
  if (result.kind !== "applied") throw new Error(result.message);
  return { batches: result.batches ?? [] };
}

it("the next iteration is sampled with the weights of before the update, while that goes on", async () => {
  let stepTaken = (): void => undefined;
  const taken = new Promise<void>((resolve) => void (stepTaken = resolve));
  const process = await processOf({ beforeSampling: () => taken });
  await plan(0, await process.rollOut(0));
  const updating = process.update(0);
  await expect.poll(() => process.events, { timeout: 60_000 }).toContain("step");
  stepTaken();
  const next = batchesOf(await updating);
  expect(process.events.slice(0, 3)).toEqual(["proof", "sampling begins", "step"]);
  expect(process.events.at(-1)).toBe("sampling ends");
  const { trajectories, timings } = await log.readBatches(next.batches ?? []);
  expect(timings).toMatchObject({ "rollout/staleness": 1, "rollout/overlapped_s": expect.any(Number) });
  const other = await processOf();
  expect(trajectories.map(({ text }) => text)).toEqual((await sampledBy(other, 0, 1)).map(({ text }) => text));
  expect(trajectories.map(({ text }) => text)).not.toEqual((await sampledBy(other, 1, 1)).map(({ text }) => text));
});

it("plans and metrics say which policy sampled, and what that did to the ratio", async () => {
  const process = await processOf({ faults: { logProbabilityGap: 0.03 } });
  const first = await plan(0, await process.rollOut(0));
  const second = await plan(1, batchesOf(await process.update(0)));
  await process.update(1);
  expect(first.plan.staleness).toBeUndefined();
  expect(second.plan.staleness).toBe(1);
  const [fresh, stale] = (await log.readIterations("main")).map(({ metrics }) => metrics);
  expect(fresh).toMatchObject({ "rollout/staleness": 0, "optim/log_probability_gap": 0.03 });
  expect(fresh).not.toHaveProperty("optim/log_ratio_max");
  expect(stale).toMatchObject({ "rollout/staleness": 1, "optim/log_ratio_max": 0.03 });
  expect(stale?.["optim/log_probability_gap"]).toBeLessThan(1e-6);
});

it("the guard tells a sampler of other weights from an update in between", async () => {
  const moved = await processOf({ faults: { logProbabilityGap: 10 } });
  const broken = await processOf({ wrongBy: 10 });
  await plan(0, await moved.rollOut(0));
  // The first iteration was sampled by the weights that learn: nothing may differ.
  expect(await moved.update(0)).toMatchObject({ kind: "refused", guard: "log-probability-gap" });
  await plan(1, batchesOf(await broken.update(0)));
  expect(await broken.update(1)).toMatchObject({ kind: "refused", guard: "log-probability-gap" });
});

it("an update in between that moves the policy far is no broken sampler", async () => {
  const first = await processOf();
  await plan(0, await first.rollOut(0));
  await plan(1, batchesOf(await first.update(0)));
  const moved = await processOf({ faults: { logProbabilityGap: 10 } });
  expect(await moved.update(1)).toMatchObject({ kind: "applied" });
});

it("a step that a guard refuses ends the sampling, of which nothing is written", async () => {
  const hear: { signal?: AbortSignal | undefined } = {};
  const process = await processOf({
    faults: { gradientNorms: new Map([[0, 1e12]]) },
    beforeSampling: (signal) =>
      new Promise((_resolve, reject) => {
        hear.signal = signal;
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  });
  await plan(0, await process.rollOut(0));
  expect(await process.update(0)).toMatchObject({ kind: "refused" });
  expect(hear.signal?.aborted).toBe(true);
  expect(await log.findBatch({ branch: "main", stage: 1, iteration: 1, shard: 0 })).toBeNull();
});

it("after a death between step and rollout the step is adopted, and sampled is what the same policy had sampled", async () => {
  const dying = await processOf({ beforeSampling: () => Promise.reject(new Error("the server is gone")) });
  await plan(0, await dying.rollOut(0));
  await expect(dying.update(0)).rejects.toThrow("the server is gone");
  expect((await log.history()).stepsDone("main")).toBe(1);
  const other = await processOf();
  const next = batchesOf(await other.update(0));
  expect(other.events.filter((name) => name === "sampling begins")).toHaveLength(1);
  const { trajectories, timings } = await log.readBatches(next.batches ?? []);
  expect(timings).toMatchObject({ "rollout/staleness": 1 });
  expect(trajectories.map(({ text }) => text)).toEqual((await sampledBy(other, 0, 1)).map(({ text }) => text));
  // Done once more, as after a death behind everything: both are adopted.
  const late = await processOf();
  expect(batchesOf(await late.update(0))).toEqual(next);
  expect(late.events).toEqual([]);
});

it("an update that fails ends the sampling and counts for nothing", async () => {
  const process = await processOf({ faults: { failingForwardBackward: 0 } });
  await plan(0, await process.rollOut(0));
  await expect(process.update(0)).rejects.toThrow("lost device");
  expect((await log.history()).stepsDone("main")).toBe(0);
  expect(await log.findBatch({ branch: "main", stage: 1, iteration: 1, shard: 0 })).toBeNull();
  expect(await (await processOf()).update(0)).toMatchObject({ kind: "applied", batches: [{ count: 6 }] });
});
