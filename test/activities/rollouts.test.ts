import { environmentOf } from "../../src/environments/environmentOf.ts";
import { decide } from "../../src/curriculum/decide.ts";
import { MockActivityEnvironment } from "@temporalio/testing";
import { expect, it, vi } from "vitest";
import type { ResidentEngine } from "../../activities/residentEngine.ts";
import { rollOut, type OverlappedRollout } from "../../activities/rollouts.ts";
import type { OpenRun, Workspace } from "../../activities/workspace.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { createStepAtWork } from "../../src/training/stepAtWork.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { createFakePolicy } from "../training/fakePolicy.ts";
import { temporaryFolder, testConfiguration } from "../training/trainer.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { questionOf } from "../rewards/subjects.ts";
import { searchCalls } from "../environments/searchCalls.ts";

const position = {
  run: "test",
  branch: "main",
  step: 0,
  stage: 1,
  iteration: 0,
  iterations: 1,
  name: "only",
  gated: true,
};
const address = { branch: "main", stage: 1, iteration: 0, shard: 0 };
const attempt: Trajectory = {
  branch: "main",
  stage: 1,
  iteration: 0,
  questionId: "q",
  sample: 0,
  promptTokens: [1],
  segments: [{ origin: "policy", tokens: [2], logProbabilities: [-1] }],
  text: "",
  stopReason: "end",
  calls: searchCalls("right"),
};
const ahead = (stateHash: string): OverlappedRollout => ({
  trajectories: [{ ...attempt, text: "ahead" }],
  timings: {},
  fingerprint: "fake",
  stateHash,
  staleness: 0,
});

/** A run in a real log at its base, and an engine that lends a scripted policy. */
async function setUp() {
  const log = await openRunLog(await temporaryFolder());
  await log.appendCheckpoint({ branch: "main", step: 0, stateHash: "base", ref: "checkpoints/main-0", keep: true });
  const policy = createFakePolicy();
  vi.spyOn(policy, "logProbabilities").mockImplementation(async (sequences) =>
    sequences.map((tokens) => new Float32Array(tokens.length).fill(-1)),
  );
  const corpus = async () => createWordSearch([passage("right", "flu first sleep", 9)]);
  const configuration = testConfiguration({
    rollout: { questions: 1, samples: 2, maxResponseTokens: 140 },
    stages: [{ name: "only", iterations: 1, rewards: { retrieval: 1 } }],
  });
  const run = {
    configuration,
    environment: environmentOf(configuration),
    log,
    atWork: createStepAtWork(log),
    dataset: { training: [questionOf()] },
    corpus,
  } as unknown as OpenRun;
  await decide(log, run.configuration, []);
  const engine = {
    at: async (_run: unknown, _address: unknown, _control: unknown, work: (resident: unknown) => unknown) =>
      work({ policy }),
    beside: async (_run: unknown, _address: unknown, _control: unknown, work: (policy: unknown) => unknown) =>
      work(policy),
  } as unknown as ResidentEngine;
  const workspace = { run: async () => run } as unknown as Workspace;
  const control = { signal: new AbortController().signal, onProgress: () => undefined };
  const roll = (sampled: OverlappedRollout | null) =>
    new MockActivityEnvironment().run(async () =>
      rollOut({ workspace, engine }, position, control, { overlapped: sampled }),
    );
  const textOf = async (): Promise<string | undefined> => {
    const batch = await log.findBatch(address);
    return batch === null ? undefined : (await log.readBatch(batch))[0]?.text;
  };
  return { log, roll, textOf };
}

it("measures an adopted batch whose attempt died before it wrote what it had measured", async () => {
  const { log, roll } = await setUp();
  const batch = await log.appendBatch(address, [attempt], { fingerprint: "fake", timings: {}, attempt: 1 });
  expect(await roll(null)).toEqual({ batches: [batch] });
  expect((await log.readLikelihoods()).size).toBe(2);
});

it("takes an overlapped rollout only where it was sampled by the state in the log", async () => {
  const { log, roll, textOf } = await setUp();
  await roll(ahead("base"));
  expect(await textOf()).toBe("ahead");
  expect((await log.readLikelihoods()).size).toBe(2);
});

it("samples anew where another state counts", async () => {
  const { roll, textOf } = await setUp();
  await roll(ahead("another"));
  expect(await textOf()).not.toBe("ahead");
});
