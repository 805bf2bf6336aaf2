import { mkdir, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engineOf } from "../../src/configuration/policy.ts";
import { decide } from "../../src/curriculum/decide.ts";
import { recoverFromGuard, rollBack } from "../../src/curriculum/branches.ts";
import { recordStep, replacePlan } from "../../src/training/record.ts";
import { restorePolicy } from "../../src/training/replay.ts";
import { createResidentPolicy } from "../../src/training/resident.ts";
import { settingsAt } from "../../src/curriculum/stepSettings.ts";
import { pruneSnapshots } from "../../src/training/snapshots.ts";
import type { PlannedStep, StepPlan } from "../../src/domain/step.ts";
import { createFakePolicy } from "../training/fakePolicy.ts";
import {
  ofRun,
  openTrainer,
  sampleTrajectories,
  readyStep,
  scoreOf,
  temporaryFolder,
  testConfiguration,
} from "../training/trainer.ts";
import type { Trainer } from "../training/trainer.ts";

const configuration = testConfiguration();

async function train(steps: number, policy = createFakePolicy()): Promise<Trainer> {
  const trainer = await openTrainer(await temporaryFolder(), policy);
  for (let step = 0; step < steps; step++) await trainer.step();
  return trainer;
}

async function planOf({ log }: Trainer, step: number): Promise<StepPlan> {
  const plan = await log.readPlan({ branch: (await log.history()).currentBranch, step });
  if (plan === null) throw new Error(`no plan of step ${step}`);
  return plan;
}

async function stepOf({ log }: Trainer, step: number): Promise<PlannedStep> {
  const planned = await log.readStep({ branch: (await log.history()).currentBranch, step });
  if (planned === null) throw new Error(`no plan of step ${step}`);
  return planned;
}

describe("a roll-back", () => {
  test("goes on from the policy of then with other draws, and keeps what is abandoned", async () => {
    const trainer = await train(4);
    const abandoned = (await trainer.log.history()).outcome({ branch: "main", step: 3 });
    expect(await rollBack(trainer.log, { branch: "main", step: 3 }, { name: "Ada", reason: "too greedy" })).toBe(
      "branch-1",
    );
    await trainer.step();
    const history = await trainer.log.history();
    const outcome = history.outcome({ branch: "branch-1", step: 3 });
    expect((await planOf(trainer, 3)).parentStateHash).toBe(history.outcome({ branch: "main", step: 2 })?.stateHash);
    expect(outcome?.stateHash).not.toBe(abandoned?.stateHash);
    expect(history.outcome({ branch: "main", step: 3 })).toEqual(abandoned);
    const policy = createFakePolicy();
    await restorePolicy(ofRun(policy, trainer.log.folder), trainer.log, { branch: "branch-1", step: 4 });
    expect(await policy.stateHash()).toBe(outcome?.stateHash);
  });

  test("tried twice opens one branch", async () => {
    const { log } = await train(2);
    const again = (): Promise<string> => rollBack(log, { branch: "main", step: 1 }, { name: "Ada", reason: "once" });
    expect([await again(), await again()]).toEqual(["branch-1", "branch-1"]);
  });

  test("to where the run has not been is refused", async () => {
    const { log } = await train(1);
    await expect(rollBack(log, { branch: "main", step: 5 }, { name: "Ada", reason: "?" })).rejects.toThrow(
      /has 1 steps/u,
    );
    await expect(rollBack(log, { branch: "elsewhere", step: 0 }, { name: "Ada", reason: "?" })).rejects.toThrow(
      /no branch "elsewhere"; known are main/u,
    );
  });
});

describe("a guard", () => {
  const position = { branch: "main", step: 2, stage: 1, name: "reasoner", iteration: 2, iterations: 9, gated: true };

  test("refuses a step before it counts, and the policy is as it was", async () => {
    const policy = createFakePolicy({ gradientNorms: new Map([[4, 1e9]]) });
    const trainer = await train(2, policy);
    const before = await policy.stateHash();
    expect(await trainer.step()).toMatchObject({ kind: "refused", guard: "gradient-explosion" });
    const { log } = trainer;
    expect((await log.history()).stepsDone("main")).toBe(2);
    await createResidentPolicy(ofRun(policy, log.folder), log).moveTo({ branch: "main", step: 2 });
    expect(await policy.stateHash()).toBe(before);
  });

  test.each([
    ["not-finite", { loss: Number.NaN }],
    ["log-probability-gap", { logProbabilityGap: 3 }],
  ])("%s stops a step", async (guard, faults) => {
    expect(await (await train(0, createFakePolicy(faults))).step()).toMatchObject({ kind: "refused", guard });
  });

  test("opens a branch from the last good snapshot with a lower rate, as often as it may", async () => {
    const trainer = await train(3);
    const { log } = trainer;
    const event = { guard: "gradient-explosion", message: "test" };
    expect(await recoverFromGuard(log, configuration, { ...position, step: 3, iteration: 3 }, event)).toMatchObject({
      branch: "branch-1",
      step: 2,
      iteration: 2,
    });
    expect(
      settingsAt(configuration, await log.history(), { branch: "branch-1", step: 2, stage: 1 }).optimizer.learningRate,
    ).toBe(configuration.optimizer.learningRate * 0.5);
    await trainer.step();
    expect((await planOf(trainer, 2)).optimizer.learningRate).toBe(configuration.optimizer.learningRate * 0.5);
    expect(await recoverFromGuard(log, configuration, { ...position, branch: "branch-1" }, event)).toMatchObject({
      branch: "branch-2",
      step: 2,
    });
    expect(await recoverFromGuard(log, configuration, { ...position, branch: "branch-2" }, event)).toBeNull();
  });

  test("whose recovery was cut off is not counted twice", async () => {
    const { log } = await train(2);
    const event = { guard: "not-finite", message: "test" };
    await recoverFromGuard(log, configuration, position, event);
    expect(await recoverFromGuard(log, configuration, position, event)).toMatchObject({ branch: "branch-1" });
    expect((await log.history()).branches).toHaveLength(2);
  });
});

describe("settings changed by a person", () => {
  test("hold from their step on and live in its plan", async () => {
    const trainer = await train(1);
    await trainer.log.appendSettings({
      branch: "main",
      step: 2,
      learningRate: 1e-5,
      rewards: { retrieval: 3 },
      name: "Ada",
      reason: "slower",
    });
    await trainer.step();
    await trainer.step();
    expect((await planOf(trainer, 1)).optimizer.learningRate).toBe(configuration.optimizer.learningRate);
    expect((await planOf(trainer, 2)).optimizer.learningRate).toBe(1e-5);
    const history = await trainer.log.history();
    expect(settingsAt(configuration, history, { branch: "main", step: 2, stage: 1 }).rewards).toEqual({
      ...configuration.stages[0]?.rewards,
      retrieval: 3,
    });
    expect(settingsAt(configuration, history, { branch: "main", step: 1, stage: 1 }).rewards).toEqual(
      configuration.stages[0]?.rewards,
    );
  });

  test("the joint schedule rewards everything from the first stage on", async () => {
    const joint = testConfiguration({ schedule: "joint" });
    const { log } = await train(0);
    await decide(log, joint, []);
    expect(settingsAt(joint, await log.history(), { branch: "main", step: 0, stage: 1 }).rewards).toEqual(
      joint.stages.at(-1)?.rewards,
    );
  });
});

describe("a plan at an address that has one", () => {
  test("for the same trajectories is the one there was", async () => {
    const trainer = await train(1);
    const plan = await planOf(trainer, 0);
    const again = await readyStep(trainer.log, configuration, plan.batches, (one) => ({ ...scoreOf(one), total: 1 }));
    expect((await recordStep(trainer.log, configuration, plan, again)).plan).toEqual(plan);
  });

  test("for other trajectories opens a branch, and the old line stays readable", async () => {
    const trainer = await train(2);
    const { log, policy } = trainer;
    const trajectories = await sampleTrajectories(policy, { ...configuration, seed: 99 }, { branch: "main", step: 1 });
    const batch = await log.appendBatch({ branch: "main", stage: 1, iteration: 1, shard: 0 }, trajectories, {
      fingerprint: policy.fingerprint,
      timings: {},
      attempt: 1,
    });
    const address = { branch: "main", step: 1, stage: 1, iteration: 1 };
    const step = await recordStep(log, configuration, address, await readyStep(log, configuration, [batch]));
    expect(step.plan).toMatchObject({ branch: "branch-1", step: 1, batches: [batch] });
    expect(await createResidentPolicy(policy, log).apply(step, { guard: configuration.guard })).toMatchObject({
      kind: "applied",
    });
    const history = await log.history();
    expect(history.stepsDone("branch-1")).toBe(2);
    expect(history.outcome({ branch: "main", step: 1 })?.stateHash).not.toBe(
      history.outcome({ branch: "branch-1", step: 1 })?.stateHash,
    );
  });
});

describe("out of memory", () => {
  test("a replacement plan with smaller micro-batches takes the step, and replays bitwise", async () => {
    const policy = createFakePolicy({ memoryTokens: 31 });
    const trainer = await train(0, policy);
    await expect(trainer.step()).rejects.toThrow("out of memory");
    let step = await stepOf(trainer, 0);
    const resident = createResidentPolicy(ofRun(policy, trainer.log.folder), trainer.log);
    const attempt = async (): Promise<unknown> =>
      resident.apply(step, { guard: configuration.guard }).catch((error: unknown) => error);
    let result = await attempt();
    for (let tries = 0; result instanceof Error && tries < 5; tries++) {
      step = await replacePlan(trainer.log, step);
      result = await attempt();
    }
    expect(result).toMatchObject({ kind: "applied" });
    expect(step.plan.revision).toBeGreaterThan(0);
    const replayed = createFakePolicy();
    await restorePolicy(ofRun(replayed, trainer.log.folder), trainer.log, { branch: "main", step: 1 });
    expect(await replayed.stateHash()).toBe(await policy.stateHash());
  });

  test("of a single sequence says what to do", async () => {
    const trainer = await train(0, createFakePolicy({ memoryTokens: 1 }));
    await expect(trainer.step()).rejects.toThrow("out of memory");
    let step = await stepOf(trainer, 0);
    const shrink = async (): Promise<void> => {
      for (let tries = 0; tries < 9; tries++) step = await replacePlan(trainer.log, step);
    };
    await expect(shrink()).rejects.toThrow(/one sequence at a time .*lower rollout.maxResponseTokens/u);
  });
});

describe("retention", () => {
  test("removes old ordinary snapshots, never the base, stage ends and forks", async () => {
    const trainer = await train(8);
    const { log } = trainer;
    await createResidentPolicy(ofRun(createFakePolicy(), log.folder), log).snapshot({
      branch: "main",
      step: 4,
      keep: true,
    });
    await log.appendBranch({
      name: "branch-1",
      parent: "main",
      forkStep: 2,
      cause: "rollback",
      stage: null,
      reason: "test",
      learningRateFactor: 1,
    });
    await log.appendBranch({
      name: "branch-2",
      parent: "main",
      forkStep: 8,
      cause: "rollback",
      stage: null,
      reason: "test",
      learningRateFactor: 1,
    });
    for (let step = 8; step < 14; step++) await trainer.step();
    const [dead, alive] = [".unfinished-dead", ".unfinished-alive"].map((name) =>
      join(log.folder, "checkpoints", name),
    );
    for (const folder of [dead, alive]) await mkdir(folder ?? "");
    await utimes(dead ?? "", 0, 0);
    const removed = await pruneSnapshots(log, engineOf(testConfiguration().policy), 1);
    expect(removed.toSorted()).toEqual(["checkpoints/branch-2-10", "checkpoints/branch-2-12", "checkpoints/main-6"]);
    expect((await readdir(join(log.folder, "checkpoints"))).toSorted()).toEqual([
      ".unfinished-alive",
      "branch-2-14",
      "main-0",
      "main-2",
      "main-4",
      "main-8",
    ]);
    const policy = createFakePolicy();
    await restorePolicy(ofRun(policy, log.folder), log, { branch: "branch-2", step: 13 });
    expect(await policy.stateHash()).toBe((await log.history()).outcome({ branch: "branch-2", step: 12 })?.stateHash);
  });
});
