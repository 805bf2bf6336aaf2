import { environmentOf } from "../../src/environments/environmentOf.ts";
import type { RewardWeights } from "../../src/configuration/rewardWeights.ts";
import { decide } from "../../src/curriculum/decide.ts";
import type { OfRun, StagePosition } from "../../src/domain/address.ts";
import { expect, describe, it, vi } from "vitest";
import type { ResidentEngine } from "../../activities/residentEngine.ts";
import { measure, measuredGains, unmeasured } from "../../activities/usefulness.ts";
import type { OpenRun } from "../../activities/workspace.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import type { Policy } from "../../src/policy/port.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { createFakePolicy } from "../training/fakePolicy.ts";
import { temporaryFolder, testConfiguration } from "../training/trainer.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { questionOf } from "../rewards/subjects.ts";
import { searchCalls } from "../environments/searchCalls.ts";

const attempt = (passageIds: string[]): Trajectory => ({
  branch: "main",
  stage: 2,
  iteration: 0,
  questionId: "q",
  sample: 0,
  promptTokens: [],
  segments: [],
  text: "",
  stopReason: "end",
  calls: searchCalls(...passageIds),
});
const trajectories = [attempt(["right"]), attempt(["right"]), attempt(["wrong"]), attempt([])];
const position = {
  run: "test",
  branch: "main",
  step: 0,
  stage: 1,
  name: "only",
  iteration: 0,
  iterations: 1,
  gated: true,
};
const stages = (rewards: RewardWeights) => [{ name: "only", iterations: 1, rewards }];

/** A run in a real log, and an engine that lends a scripted policy. */
async function setUp(overrides: Record<string, unknown> = {}, folder?: string) {
  const log = await openRunLog(folder ?? (await temporaryFolder()));
  if (folder === undefined)
    await log.appendCheckpoint({
      branch: "main",
      step: 0,
      stateHash: "base",
      ref: "checkpoints/main-0",
      keep: true,
    });
  const configuration = testConfiguration({
    rollout: { questions: 2, samples: 3, maxResponseTokens: 140 },
    stages: stages({ answer: 0.5, retrieval: 1 }),
    ...overrides,
  });
  await decide(log, configuration, []);
  const policy = createFakePolicy();
  // Every token is as likely as its whole text says.
  const logProbabilities = vi
    .spyOn(policy, "logProbabilities")
    .mockImplementation(async (sequences) =>
      sequences.map((tokens) =>
        new Float32Array(tokens.length).fill(-tokens.reduce((sum, token) => sum + token, 0) / 1000),
      ),
    );
  const run = {
    configuration,
    environment: environmentOf(configuration),
    log,
    dataset: { training: [questionOf()] },
    corpus: async () =>
      createWordSearch([passage("right", "flu first sleep", 9), passage("wrong", "flu first tea", 1)]),
  } as unknown as OpenRun;
  const starts: unknown[] = [];
  const engine = {
    beside: async <T>(
      _run: OpenRun,
      start: unknown,
      _control: unknown,
      work: (policy: Policy) => Promise<T>,
    ): Promise<T> => {
      starts.push(start);
      return work(policy as unknown as Policy);
    },
  } as unknown as ResidentEngine;
  return { run, engine, log, starts, logProbabilities };
}

/** As a rollout does. */
async function measureInto(run: OpenRun, engine: ResidentEngine, position: OfRun<StagePosition>): Promise<void> {
  const likelihoods = await measure(
    run,
    engine,
    await unmeasured(run, await run.log.history(), position, trajectories),
    {},
  );
  if (likelihoods.size > 0) await run.log.appendLikelihoods(likelihoods);
}

describe("measuring usefulness", () => {
  it("asks the policy that the stage began with, once for each question with its passages", async () => {
    const { run, engine, starts, logProbabilities } = await setUp();
    await measureInto(run, engine, position);
    expect(starts).toEqual([{ branch: "main", step: 0 }]);
    expect(logProbabilities.mock.calls.map(([sequences]) => sequences.length)).toEqual([3]);
    const gains = await measuredGains(run, await run.log.history(), position, trajectories);
    expect(gains[0]).toEqual(expect.any(Number));
    expect(gains[1]).toBe(gains[0]);
    expect(gains[2]).not.toBe(gains[0]);
    expect(gains[3]).toBe(0);
  });

  it("adopts on a retry, in another process too, what was measured before", async () => {
    const { run, engine, log } = await setUp();
    await measureInto(run, engine, position);
    const again = await setUp({}, log.folder);
    await measureInto(again.run, again.engine, { ...position, iteration: 1 });
    expect(again.starts).toEqual([]);
    expect(await measuredGains(again.run, await again.run.log.history(), position, trajectories)).toEqual(
      await measuredGains(run, await run.log.history(), position, trajectories),
    );
  });

  it.each([
    ["a stage that does not weigh retrieval", { stages: stages({ answer: 1 }) }],
    ["usefulness without weight", { rewards: { retrieval: { usefulness: 0 } } }],
  ])("measures nothing for %s: nothing was asked, so nothing failed", async (_, overrides) => {
    const { run, engine, starts } = await setUp(overrides);
    await measureInto(run, engine, position);
    expect(starts).toEqual([]);
    expect(await measuredGains(run, await run.log.history(), position, trajectories)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
