import { afterAll, afterEach, describe, expect, test } from "vitest";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnnxPolicy } from "../../../src/engines/onnx/onnxPolicy.ts";
import { assembleKernel } from "../../../src/engines/onnx/training/assembleKernel.ts";
import { optimizerKernelBase64 } from "../../../src/engines/onnx/training/optimizerKernelBytes.ts";
import { SafetensorsFile } from "../../../src/onnx/safetensors.ts";
import type { Loss, OptimizerSettings, TrainingBatch, TrainingSequence } from "../../../src/policy/port.ts";
import { Workbench, maskedTokens, trainingSequences } from "./support.ts";

const bench = new Workbench();
afterEach(() => bench.takeBack());
afterAll(() => bench.clear());

const weightsFile = "model.safetensors";
const crossEntropy: Loss = { kind: "cross-entropy" };
const sequencePolicyGradient = { kind: "sequence-policy-gradient", clipLow: 0.05, clipHigh: 0.08 } as const;
const policyGradient: Loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 };
const adamw: OptimizerSettings = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  gradientClip: 1,
};

function batchOf(sequences: readonly TrainingSequence[], loss: Loss): TrainingBatch {
  return { sequences, loss, lossDivisor: maskedTokens(sequences), temperature: 1 };
}

/** A few steps, each of two minibatches. */
async function train(policy: OnnxPolicy, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    for (const half of [trainingSequences(6), trainingSequences(11).slice(6)])
      await policy.forwardBackward(batchOf(half, policyGradient));
    await policy.optimizerStep(adamw);
  }
}

/** Trains a policy a little; returns a folder of it as it is then. */
async function trainedCopy(policy: OnnxPolicy): Promise<string> {
  await train(policy, 2);
  const folder = await bench.folder();
  await policy.save(folder);
  return folder;
}

async function readWeights(folder: string): Promise<Map<string, Float32Array>> {
  const file = await SafetensorsFile.open(join(folder, weightsFile));
  const weights = new Map<string, Float32Array>();
  for (const { name, dims } of file.tensors.values()) {
    const values = new Float32Array(dims.reduce((product, length) => product * length, 1));
    await file.readInto(name, values);
    weights.set(name, values);
  }
  await file.close();
  return weights;
}

describe("the sequence loss", () => {
  test("is the mean over sequences of their clipped ratio times advantage, however they are packed", async () => {
    const sequences = trainingSequences(6);
    const values: number[] = [];
    for (const microBatchTokens of [64, 4096]) {
      const policy = await bench.open({
        folder: fileURLToPath(new URL("fixtures/qwen3", import.meta.url)),
        microBatchTokens,
      });
      const metrics = await policy.forwardBackward({
        ...batchOf(sequences, sequencePolicyGradient),
        lossDivisor: sequences.length,
      });
      const expected = await byHand(policy, sequences);
      expect(metrics.loss).toBeCloseTo(expected.loss, 5);
      expect([metrics.clippedLow, metrics.clippedHigh]).toEqual([expected.clippedLow, expected.clippedHigh]);
      values.push(metrics.loss);
    }
    expect(values[0]).toBeCloseTo(values[1] ?? NaN, 5);
  });

  /** docs/method.md#algorithms, GSPO, from log-probabilities. */
  async function byHand(
    policy: OnnxPolicy,
    sequences: readonly TrainingSequence[],
  ): Promise<{ loss: number; clippedLow: number; clippedHigh: number }> {
    const logProbabilities = await policy.logProbabilities(sequences.map(({ tokens }) => tokens));
    let [sum, clippedLow, clippedHigh] = [0, 0, 0];
    for (const [index, { lossMask, sampledLogProbabilities, advantage }] of sequences.entries()) {
      const logRatios = lossMask.flatMap((own, t) =>
        own === 1 ? [(logProbabilities[index]?.[t] ?? NaN) - (sampledLogProbabilities[t] ?? NaN)] : [],
      );
      const ratio = Math.exp(logRatios.reduce((total, value) => total + value, 0) / logRatios.length);
      const clipped = Math.min(Math.max(ratio, 0.95), 1.08);
      sum -= Math.min(ratio * advantage, clipped * advantage);
      if (advantage < 0 && ratio < 0.95) clippedLow += logRatios.length;
      if (advantage > 0 && ratio > 1.08) clippedHigh += logRatios.length;
    }
    return { loss: sum / sequences.length, clippedLow, clippedHigh };
  }
});

describe("gradients", () => {
  test.each([
    { model: "qwen2", loss: crossEntropy },
    { model: "qwen3", loss: policyGradient },
    { model: "qwen3", loss: { ...sequencePolicyGradient, clipLow: 0.2, clipHigh: 0.28 } },
  ])("of $loss.kind on $model agree with differences of the loss", async ({ model, loss }) => {
    const policy = await bench.open({ folder: fileURLToPath(new URL(`fixtures/${model}`, import.meta.url)) });
    expect(await wrongGradients(policy, batchOf(trainingSequences(5), loss), /./)).toEqual([]);
  });

  test.each([
    { term: "a KL term", loss: policyGradient, klCoefficient: 1.5, entropyCoefficient: 0 },
    { term: "an entropy term", loss: policyGradient, klCoefficient: 0, entropyCoefficient: 0.7 },
    { term: "both", loss: policyGradient, klCoefficient: 0.9, entropyCoefficient: 0.4 },
    { term: "both, of a sequence loss,", loss: sequencePolicyGradient, klCoefficient: 0.9, entropyCoefficient: 0.4 },
  ])("of a loss with $term agree with differences of the loss", async ({ loss, klCoefficient, entropyCoefficient }) => {
    const folder = fileURLToPath(new URL("fixtures/qwen3", import.meta.url));
    const policy = await bench.open({ folder });
    const referenceFolder = await trainedCopy(policy);
    await policy.load(folder);
    const batch = {
      ...batchOf(trainingSequences(5), { ...loss, klCoefficient, entropyCoefficient }),
      temperature: 0.8,
      referenceFolder,
    };
    expect(await wrongGradients(policy, batch, /embed|norm|layers\.1/)).toEqual([]);
  });

  test("of long sequences, whose attention goes in blocks, agree with differences of the loss", async () => {
    const folder = await bench.folder();
    await cp(fileURLToPath(new URL("fixtures/qwen3", import.meta.url)), folder, { recursive: true });
    const path = join(folder, "config.json");
    await writeFile(
      path,
      (await readFile(path, "utf8")).replace('"max_position_embeddings": 128', '"max_position_embeddings": 512'),
    );
    const policy = await bench.open({ folder, microBatchTokens: 2048 });
    const long = [110, 250, 205].map((length, row) => {
      const tokens = Array.from({ length }, (_, t) => 7 + ((row * 11 + t * t * 3 + t) % 25));
      return {
        tokens,
        lossMask: tokens.map((_, t) => (t > 0 ? 1 : 0)),
        sampledLogProbabilities: tokens.map(() => -3),
        advantage: 1,
      };
    });
    expect(await wrongGradients(policy, batchOf(long, crossEntropy), /layers\.0.*(q_proj|k_proj|v_proj)/)).toEqual([]);
  });

  test("of micro-batches and replicas add up to that of the whole batch", async () => {
    const folder = await bench.model();
    const batch = batchOf(trainingSequences(12), policyGradient);
    const [whole, split] = [
      await bench.open({ folder, microBatchTokens: 4096 }),
      await bench.open({ folder, microBatchTokens: 64, replicas: 2 }),
    ];
    const [a, b] = [await whole.forwardBackward(batch), await split.forwardBackward(batch)];
    expect(b.loss).toBeCloseTo(a.loss, 5);
    expect(b.tokens).toBe(a.tokens);
    expect([b.clippedLow, b.clippedHigh]).toEqual([a.clippedLow, a.clippedHigh]);
    const [first, second] = [await whole.gradients(), await split.gradients()];
    const gaps = [...first].map(([name, values]) => {
      const largest = values.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
      const gap = values.reduce(
        (bound, value, i) => Math.max(bound, Math.abs(value - (second.get(name)?.[i] ?? NaN))),
        0,
      );
      return gap / largest;
    });
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  });

  test("with activations computed again are bitwise those with activations kept", async () => {
    const folder = await bench.model({ layers: 4 });
    const batch = batchOf(trainingSequences(12), policyGradient);
    const [kept, again] = [await bench.open({ folder }), await bench.open({ folder, recomputeActivations: true })];
    expect(await again.forwardBackward(batch)).toEqual(await kept.forwardBackward(batch));
    expect(await again.gradients()).toEqual(await kept.gradients());
  });

  test("thrown away leave no trace", async () => {
    const folder = await bench.model();
    const [plain, discarded] = [await bench.open({ folder }), await bench.open({ folder })];
    await discarded.forwardBackward(batchOf(trainingSequences(3), crossEntropy));
    await discarded.discardGradient();
    await train(plain, 1);
    await train(discarded, 1);
    expect(await discarded.stateHash()).toBe(await plain.stateHash());
  });
});

describe("losses", () => {
  test("cross-entropy is the mean negative log-probability of masked tokens", async () => {
    const policy = await bench.open();
    const sequences = trainingSequences(4);
    const { loss, tokens } = await policy.forwardBackward(batchOf(sequences, crossEntropy));
    const logProbabilities = await policy.logProbabilities(sequences.map((sequence) => sequence.tokens));
    const sum = sequences.reduce(
      (total, { lossMask }, i) =>
        total + lossMask.reduce((part, bit, t) => part + bit * (logProbabilities[i]?.[t] ?? NaN), 0),
      0,
    );
    expect(loss).toBeCloseTo(-sum / maskedTokens(sequences), 5);
    expect(tokens).toBe(maskedTokens(sequences));
  });

  test("on fresh trajectories the ratio is 1: nothing is clipped and the loss is minus the mean advantage", async () => {
    const policy = await bench.open();
    const stale = trainingSequences(4);
    const logProbabilities = await policy.logProbabilities(stale.map((sequence) => sequence.tokens));
    const fresh = stale.map((sequence, i) => ({
      ...sequence,
      sampledLogProbabilities: [...(logProbabilities[i] ?? [])],
    }));
    const metrics = await policy.forwardBackward(batchOf(fresh, policyGradient));
    const mean =
      fresh.reduce((sum, { advantage, lossMask }) => sum + advantage * lossMask.reduce((a, b) => a + b, 0), 0) /
      maskedTokens(fresh);
    expect(metrics.loss).toBeCloseTo(-mean, 5);
    expect([metrics.clippedLow, metrics.clippedHigh]).toEqual([0, 0]);
    expect(metrics.logProbabilityGapMax).toBeLessThan(1e-5);
  });

  test("KL and entropy terms add their mean over tokens, also where the advantage is 0", async () => {
    const folder = await bench.model({ initialDeviation: 0.3 });
    const policy = await bench.open({ folder });
    const referenceFolder = await trainedCopy(policy);
    const sequences = trainingSequences(5).map((sequence) => ({ ...sequence, advantage: 0 }));
    const loss = { ...policyGradient, klCoefficient: 0.5, entropyCoefficient: 0.25 };
    const reference = await policy.logProbabilities(sequences.map(({ tokens }) => tokens));
    await policy.load(folder);
    const now = await policy.logProbabilities(sequences.map(({ tokens }) => tokens));
    const estimates = sequences.flatMap(({ lossMask }, i) =>
      lossMask.map((bit, t) => {
        const logRatio = (reference[i]?.[t] ?? NaN) - (now[i]?.[t] ?? NaN);
        return bit * (Math.exp(logRatio) - logRatio - 1);
      }),
    );
    const metrics = await policy.forwardBackward({ ...batchOf(sequences, loss), referenceFolder });
    const wanted = estimates.reduce((sum, value) => sum + value, 0);
    expect(wanted).toBeGreaterThan(0.1);
    expect(metrics.klReferenceSum / wanted).toBeCloseTo(1, 3);
    expect(metrics.loss).toBeCloseTo((0.5 * wanted - 0.25 * (metrics.entropySum ?? NaN)) / maskedTokens(sequences), 4);
    expect(
      Math.max(...[...(await policy.gradients()).values()].flatMap((gradient) => [...gradient]).map(Math.abs)),
    ).toBeGreaterThan(0);
  });

  test("against itself the KL is 0, and coefficients of 0 change no bit", async () => {
    const folder = await bench.model();
    const [plain, termed] = [await bench.open({ folder }), await bench.open({ folder })];
    const batch = batchOf(trainingSequences(6), policyGradient);
    const zero = { ...batch, loss: { ...policyGradient, klCoefficient: 0, entropyCoefficient: 0 } };
    expect(await termed.forwardBackward(zero)).toEqual(await plain.forwardBackward(batch));
    expect(await termed.gradients()).toEqual(await plain.gradients());
    const self = { ...batch, loss: { ...policyGradient, klCoefficient: 1 }, referenceFolder: folder };
    expect((await termed.forwardBackward(self)).klReferenceSum).toBe(0);
  });

  test("with a KL term and no reference are refused", async () => {
    const policy = await bench.open();
    await expect(
      policy.forwardBackward(batchOf(trainingSequences(2), { ...policyGradient, klCoefficient: 1 })),
    ).rejects.toThrow(/reference policy/);
    const other = await bench.model({ layers: 1 });
    await expect(
      policy.forwardBackward({
        ...batchOf(trainingSequences(2), { ...policyGradient, klCoefficient: 1 }),
        referenceFolder: other,
      }),
    ).rejects.toThrow(/another shape/);
  });

  test("training on a few sequences learns them", async () => {
    const policy = await bench.open({ replicas: 2 });
    const batch = batchOf(trainingSequences(4), crossEntropy);
    const before = (await policy.forwardBackward(batch)).loss;
    for (let step = 0; step < 60; step++) {
      await policy.optimizerStep(adamw);
      await policy.forwardBackward(batch);
    }
    const { loss } = await policy.forwardBackward(batch);
    expect(loss).toBeLessThan(before / 3);
  });
});

describe("state", () => {
  test.each([1, 2])("two runs from one seed end bitwise equal (%i replicas)", async (replicas) => {
    const folder = await bench.model();
    const [one, other] = [await bench.open({ folder, replicas }), await bench.open({ folder, replicas })];
    expect(await other.stateHash()).toBe(await one.stateHash());
    await train(one, 3);
    await train(other, 3);
    expect(await other.stateHash()).toBe(await one.stateHash());
    expect(one.optimizerSteps).toBe(3);
  });

  test.each([1, 2])(
    "a saved policy comes back bitwise equal and trains on as if never stopped (%i replicas)",
    async (replicas) => {
      const folder = await bench.model();
      const policy = await bench.open({ folder, replicas });
      await train(policy, 2);
      const saved = await bench.folder();
      await policy.save(saved);
      const restored = await bench.open({ folder: saved, replicas });
      expect(restored.optimizerSteps).toBe(2);
      expect(await restored.stateHash()).toBe(await policy.stateHash());
      await train(policy, 2);
      await train(restored, 2);
      expect(await restored.stateHash()).toBe(await policy.stateHash());
    },
  );

  test("loading a folder into a running policy replaces everything", async () => {
    const folder = await bench.model();
    const policy = await bench.open({ folder });
    const fresh = await policy.stateHash();
    await train(policy, 1);
    expect(await policy.stateHash()).not.toBe(fresh);
    await policy.load(folder);
    expect(await policy.stateHash()).toBe(fresh);
    expect(policy.optimizerSteps).toBe(0);
  });

  test("a model of another shape is refused", async () => {
    const policy = await bench.open();
    await expect(policy.load(await bench.model({ layers: 1 }))).rejects.toThrow(/another shape/);
  });

  test("the same seed makes the same new model", async () => {
    const [a, b, c] = [await bench.model(), await bench.model(), await bench.model({}, "another seed")];
    expect(await readWeights(a)).toEqual(await readWeights(b));
    expect(await readWeights(a)).not.toEqual(await readWeights(c));
  });
});

test("the kept bytes of the optimiser are those of its source", async () => {
  expect(await assembleKernel()).toBe(optimizerKernelBase64);
});

/** Names of weights whose gradient differs by over 2 % from differences of the loss along it. */
async function wrongGradients(policy: OnnxPolicy, batch: TrainingBatch, names: RegExp): Promise<string[]> {
  await policy.forwardBackward(batch);
  const gradients = [...(await policy.gradients())].filter(([name]) => names.test(name));
  const start = await bench.folder();
  await policy.save(start);
  const moved = await bench.folder();
  await cp(start, moved, { recursive: true });
  const wrong: string[] = [];
  for (const [name, gradient] of gradients) {
    // Along the gradient itself the loss changes by its norm per unit: the largest signal float32 allows.
    const norm = Math.hypot(...gradient);
    const lossAt = async (distance: number): Promise<number> => {
      await writeFile(join(moved, weightsFile), await shifted(start, name, gradient, distance / norm));
      await policy.load(moved);
      return (await policy.forwardBackward(batch)).loss;
    };
    const distance = 0.01;
    const slope = ((await lossAt(distance)) - (await lossAt(-distance))) / (2 * distance);
    if (!(Math.abs(slope - norm) / norm < 0.02)) wrong.push(`${name}: ${slope} for ${norm}`);
  }
  return wrong;
}

/** The weights of a saved model, one tensor of them moved along a direction. */
async function shifted(folder: string, name: string, direction: Float32Array, distance: number): Promise<Buffer> {
  const path = join(folder, weightsFile);
  const file = await SafetensorsFile.open(path);
  const { start } = file.tensors.get(name) ?? { start: 0 };
  await file.close();
  const bytes = await readFile(path);
  direction.forEach((value, i) =>
    bytes.writeFloatLE(bytes.readFloatLE(start + 4 * i) + value * distance, start + 4 * i),
  );
  return bytes;
}
