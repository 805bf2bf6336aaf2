import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { restorePolicy } from "../../src/training/replay.ts";
import { openOnnxPolicy } from "../../src/engines/onnx/openEngine.ts";
import { DamagedCheckpointError } from "../../src/policy/port.ts";
import type { FolderPolicy } from "../../src/policy/folderPolicy.ts";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { ofRun, failpoints, openTrainer, temporaryFolder, testConfiguration } from "./trainer.ts";

const model = join(import.meta.dirname, "..", "engines", "onnx", "fixtures", "llama");
const steps = 3;
const opened: FolderPolicy[] = [];

/** The embedded engine with a model of two small layers. */
async function openEngine(): Promise<FolderPolicy> {
  const policy = await openOnnxPolicy({
    folder: model,
    provider: "cpu",
    replicas: 1,
    threadsPerReplica: 1,
    microBatchTokens: 64,
  });
  opened.push(policy);
  return policy;
}

afterAll(async () => {
  for (const policy of opened) await policy.close();
});

test("a run on the embedded engine that is killed at every point ends bitwise in the undisturbed run's state", async () => {
  const undisturbed = await openTrainer(await temporaryFolder(), await openEngine());
  for (let step = 0; step < steps; step++) await undisturbed.step();

  const folder = await temporaryFolder();
  const pending: string[] = [...failpoints];
  let trainer = await openTrainer(folder, await openEngine());
  while ((await trainer.log.history()).stepsDone("main") < steps) {
    try {
      await trainer.step((name) => {
        if (name === pending[0]) throw new Error(`killed: ${String(pending.shift())}`);
      });
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("killed"))) throw error;
      trainer.log.close();
      trainer = await openTrainer(folder, await openEngine());
    }
  }

  expect(pending).toEqual([]);
  expect(await readCommittedView(trainer.log)).toEqual(await readCommittedView(undisturbed.log));
  const policy = await openEngine();
  await restorePolicy(ofRun(policy, trainer.log.folder), trainer.log, { branch: "main", step: steps });
  expect(await policy.stateHash()).toBe(await undisturbed.policy.stateHash());
});

test("with KL and entropy terms a run moves away from its start measurably and replays bitwise", async () => {
  const configuration = testConfiguration({
    optimizer: { minibatches: 2 },
    algorithm: { name: "grpo", settings: { klCoefficient: 0.1, entropyCoefficient: 0.01 } },
    snapshot: { every: 5 },
  });
  const trainer = await openTrainer(await temporaryFolder(), await openEngine(), configuration);
  for (let step = 0; step < steps; step++) await trainer.step();
  const distances = (await trainer.log.readIterations("main")).map(({ metrics }) => metrics["actor/kl_loss"] ?? NaN);
  expect(distances).toHaveLength(steps);
  expect(distances.every((distance, step) => step === 0 || distance > (distances[step - 1] ?? NaN))).toBe(true);
  const replayed = await openEngine();
  await restorePolicy(ofRun(replayed, trainer.log.folder), trainer.log, { branch: "main", step: steps });
  expect(await replayed.stateHash()).toBe(await trainer.policy.stateHash());
});

test("log-probabilities that the engine sampled are those it recomputes", async () => {
  const trainer = await openTrainer(await temporaryFolder(), await openEngine());
  await trainer.step();
  const [iteration] = await trainer.log.readIterations("main");
  expect(iteration?.metrics["optim/log_probability_gap"]).toBeLessThan(1e-4);
  expect(Math.abs(iteration?.metrics["optim/kl_sample_train"] ?? 1)).toBeLessThan(1e-5);
});

test.each(["model.safetensors", "optimizer.safetensors", "config.json"])(
  "a checkpoint with one changed byte in %s is damaged, and named so",
  async (name) => {
    const folder = await temporaryFolder();
    const policy = ofRun(await openEngine(), folder);
    const { ref, stateHash } = await policy.save("main-0");
    expect(await policy.load(ref)).toBe(stateHash);
    const path = join(folder, ref, name);
    const bytes = await readFile(path);
    // The last byte but one: of a number, or of white space and signs.
    bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
    await writeFile(path, bytes);
    const loading = policy.load(ref);
    await expect(loading).rejects.toBeInstanceOf(DamagedCheckpointError);
    await expect(loading).rejects.toThrow(`${name}: its checksum is not the one it was written with`);
    // Saved again it is whole.
    expect(await ofRun(await openEngine(), folder).save("main-0")).toEqual({ ref, stateHash });
    expect(await policy.load(ref)).toBe(stateHash);
  },
);
