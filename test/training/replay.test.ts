import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { restorePolicy, ReplayMismatchError } from "../../src/training/replay.ts";
import { createFakePolicy } from "./fakePolicy.ts";
import { ofRun, failpoints, openTrainer, temporaryFolder, testConfiguration } from "./trainer.ts";
import type { Trainer } from "./trainer.ts";

const steps = 5;

async function train(count = steps): Promise<Trainer> {
  const trainer = await openTrainer(await temporaryFolder(), createFakePolicy());
  for (let step = 0; step < count; step++) await trainer.step();
  return trainer;
}

describe("replay", () => {
  test("restores every policy of a run to its recorded state", async () => {
    const { log } = await train();
    for (let step = 1; step <= steps; step++) {
      const policy = createFakePolicy();
      const restored = await restorePolicy(ofRun(policy, log.folder), log, { branch: "main", step });
      expect(await policy.stateHash()).toBe(
        (await log.history()).outcome({ branch: "main", step: step - 1 })?.stateHash,
      );
      expect(restored).toMatchObject({ replayed: step % 2, damaged: [] });
    }
  });

  test("with a KL term compares with the policy that the stage began with, as the steps did", async () => {
    const trainer = await openTrainer(
      await temporaryFolder(),
      createFakePolicy(),
      testConfiguration({
        optimizer: { minibatches: 2 },
        algorithm: { name: "grpo", settings: { klCoefficient: 0.1 } },
      }),
    );
    for (let step = 0; step < 3; step++) await trainer.step();
    const replaying = createFakePolicy();
    await restorePolicy(ofRun(replaying, trainer.log.folder), trainer.log, { branch: "main", step: 3 });
    expect([...replaying.references]).toEqual([join(trainer.log.folder, "checkpoints", "main-0")]);
    expect(await replaying.stateHash()).toBe(await trainer.policy.stateHash());
  });

  test("a run that crashes anywhere, any number of times, ends in the undisturbed run's state", async () => {
    const undisturbed = await train();
    const expected = await undisturbed.policy.stateHash();
    const crashes = fc.array(fc.constantFrom(...failpoints), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(crashes, fc.integer({ min: 0, max: steps - 1 }), async (points, firstCrash) => {
        const folder = await temporaryFolder();
        const pending = [...points];
        let trainer = await openTrainer(folder, createFakePolicy());
        while ((await trainer.log.history()).stepsDone("main") < steps) {
          const step = (await trainer.log.history()).stepsDone("main");
          try {
            await trainer.step((name) => {
              if (step < firstCrash || name !== pending[0]) return;
              pending.shift();
              throw new Error("killed");
            });
          } catch (error) {
            if (!(error instanceof Error && error.message === "killed")) throw error;
            trainer.log.close();
            trainer = await openTrainer(folder, createFakePolicy());
          }
        }
        const policy = createFakePolicy();
        await restorePolicy(ofRun(policy, trainer.log.folder), trainer.log, { branch: "main", step: steps });
        expect(await policy.stateHash()).toBe(expected);
        trainer.log.close();
        await rm(folder, { recursive: true });
      }),
      { numRuns: 6 },
    );
  });

  test("passes over a damaged snapshot, says so, and replays from the one before", async () => {
    const { log } = await train();
    await appendFile(join(log.folder, "checkpoints", "main-4", "state.json"), " ");
    const policy = createFakePolicy();
    const restored = await restorePolicy(ofRun(policy, log.folder), log, { branch: "main", step: steps });
    expect(restored.snapshot.step).toBe(2);
    expect(restored.damaged).toEqual([expect.stringContaining("main-4/state.json")]);
    expect(await policy.stateHash()).toBe(
      (await log.history()).outcome({ branch: "main", step: steps - 1 })?.stateHash,
    );
  });

  test("says so when no snapshot is left", async () => {
    const { log } = await train(1);
    await rm(join(log.folder, "checkpoints"), { recursive: true });
    await expect(
      restorePolicy(ofRun(createFakePolicy(), log.folder), log, { branch: "main", step: 1 }),
    ).rejects.toThrow(/no snapshot to restore step 1 of branch "main"/u);
  });

  test("an engine of the same fingerprint that computes something else is found out", async () => {
    const { log } = await train(1);
    const other = createFakePolicy();
    const optimizerStep = other.optimizerStep.bind(other);
    other.optimizerStep = (settings) => optimizerStep({ ...settings, learningRate: 2 * settings.learningRate });
    await expect(restorePolicy(ofRun(other, log.folder), log, { branch: "main", step: 1 })).rejects.toThrow(
      ReplayMismatchError,
    );
  });

  test("an engine of another fingerprint may end elsewhere", async () => {
    const { log } = await train(1);
    const other = createFakePolicy({}, "another engine");
    const optimizerStep = other.optimizerStep.bind(other);
    other.optimizerStep = (settings) => optimizerStep({ ...settings, learningRate: 2 * settings.learningRate });
    await expect(restorePolicy(ofRun(other, log.folder), log, { branch: "main", step: 1 })).resolves.toMatchObject({
      replayed: 1,
    });
  });
});
