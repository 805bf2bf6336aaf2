import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openOnnxPolicy } from "../../../src/engines/onnx/openEngine.ts";
import { SafetensorsFile, layOutSafetensors } from "../../../src/onnx/safetensors.ts";
import type { FolderBatch, FolderPolicy } from "../../../src/policy/folderPolicy.ts";
import type { ForwardBackwardMetrics, Loss, OptimizerSettings } from "../../../src/policy/port.ts";

/** What PyTorch computed for tiny models: made by bench/peers/fixtures.py. */
const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

const Expected = z.object({
  tokens: z.array(z.array(z.number())),
  temperature: z.number(),
  clip_low: z.number(),
  clip_high: z.number(),
  dual_clip: z.number(),
  adamw: z.object({
    lr: z.number(),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number(),
    weight_decay: z.number(),
  }),
  steps: z.number(),
  gradient_clip: z.number(),
  cross_entropy: z.object({ loss: z.number(), entropy_sum: z.number() }),
  policy_gradient: z.object({
    loss: z.number(),
    entropy_sum: z.number(),
    below: z.number(),
    above: z.number(),
    kl_sum: z.number(),
    gap_max: z.number(),
  }),
  regularised: z.object({
    loss: z.number(),
    kl_sum: z.number(),
    kl_coefficient: z.number(),
    entropy_coefficient: z.number(),
  }),
  gradient_norms: z.array(z.number()),
});

type Tensors = ReadonlyMap<string, Float32Array>;

/** With β₁ = 0 and no clipping the first moment is the gradient itself; with rate 0 the weights stay. */
const recordGradient: OptimizerSettings = {
  learningRate: 0,
  beta1: 0,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientClip: 1e30,
};

const models = ["llama", "llama-3.1", "mistral", "gemma3", "qwen2", "qwen3"];

describe.each(models)("%s computes what PyTorch computes", (model) => {
  const folder = join(fixtures, model);
  let scratch: string;
  let policy: FolderPolicy;
  let tensors: Tensors;
  let expected: z.infer<typeof Expected>;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), "med-r3-torch-"));
    expected = Expected.parse(JSON.parse(await readFile(join(folder, "expected.json"), "utf8")));
    tensors = await readTensors(join(folder, "expected.safetensors"));
    // 48 padded tokens make two micro-batches of the three sequences, shared out among two replicas.
    policy = await openOnnxPolicy({ folder, provider: "cpu", replicas: 2, threadsPerReplica: 1, microBatchTokens: 48 });
  });

  afterAll(async () => {
    await policy.close();
    await rm(scratch, { recursive: true, force: true });
  });

  function batch(loss: Loss, temperature: number): FolderBatch {
    const longest = Math.max(...expected.tokens.map((tokens) => tokens.length));
    const row = (name: string, index: number, length: number): number[] => [
      ...tensor(tensors, name).subarray(index * longest, index * longest + length),
    ];
    const sequences = expected.tokens.map((tokens, index) => ({
      tokens,
      lossMask: row("mask", index, tokens.length),
      sampledLogProbabilities: row("sampled", index, tokens.length),
      advantage: tensor(tensors, "advantages")[index] ?? 0,
    }));
    return { sequences, loss, temperature, lossDivisor: tensor(tensors, "mask").reduce((sum, bit) => sum + bit, 0) };
  }

  async function gradientsOf(training: FolderBatch): Promise<{ metrics: ForwardBackwardMetrics; gradients: Tensors }> {
    await policy.load(folder);
    const metrics = await policy.forwardBackward(training);
    await policy.optimizerStep(recordGradient);
    const saved = await mkdtemp(join(scratch, "gradient-"));
    await policy.save(saved);
    return { metrics, gradients: await readTensors(join(saved, "optimizer.safetensors")) };
  }

  function expectGradients(found: Tensors, prefix: string): void {
    const wanted = [...tensors].filter(([name]) => name.startsWith(prefix));
    expect(wanted.length).toBeGreaterThan(15);
    const wrong = wanted.filter(([name, values]) => {
      const gradient = tensor(found, `mean/${name.slice(prefix.length)}`);
      const largest = values.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
      return !(largestDifference(gradient, values) / largest < 1e-4);
    });
    expect(wrong.map(([name]) => name)).toEqual([]);
  }

  test("log-probabilities", async () => {
    const found = await policy.logProbabilities(expected.tokens);
    const longest = Math.max(...expected.tokens.map((tokens) => tokens.length));
    for (const [index, values] of found.entries()) {
      const wanted = tensor(tensors, "log_probabilities").subarray(index * longest, index * longest + values.length);
      expect(values.length).toBe(expected.tokens[index]?.length);
      expect(largestDifference(values, wanted)).toBeLessThan(1e-4);
    }
  });

  test("cross-entropy and its gradient for every weight", async () => {
    const { metrics, gradients } = await gradientsOf(batch({ kind: "cross-entropy" }, 1));
    expect(metrics.loss).toBeCloseTo(expected.cross_entropy.loss, 4);
    expect(metrics.entropySum).toBeCloseTo(expected.cross_entropy.entropy_sum, 2);
    expectGradients(gradients, "cross_entropy/");
  });

  test("the clipped policy gradient with dual clip, its gradient and its metrics", async () => {
    const { clip_low: clipLow, clip_high: clipHigh, dual_clip: dualClip, temperature } = expected;
    const { metrics, gradients } = await gradientsOf(
      batch({ kind: "policy-gradient", clipLow, clipHigh, dualClip }, temperature),
    );
    const wanted = expected.policy_gradient;
    expect(metrics.loss).toBeCloseTo(wanted.loss, 4);
    expect(metrics.entropySum).toBeCloseTo(wanted.entropy_sum, 2);
    expect([metrics.clippedLow, metrics.clippedHigh]).toEqual([wanted.below, wanted.above]);
    expect(metrics.klSampleTrainSum).toBeCloseTo(wanted.kl_sum, 3);
    expect(metrics.logProbabilityGapMax).toBeCloseTo(wanted.gap_max, 4);
    expectGradients(gradients, "policy_gradient/");
  });

  test("KL and entropy terms and their gradient", async () => {
    const { clip_low: clipLow, clip_high: clipHigh, dual_clip: dualClip, temperature, regularised: wanted } = expected;
    const loss = {
      kind: "policy-gradient",
      clipLow,
      clipHigh,
      dualClip,
      klCoefficient: wanted.kl_coefficient,
      entropyCoefficient: wanted.entropy_coefficient,
    } as const;
    const { metrics, gradients } = await gradientsOf({
      ...batch(loss, temperature),
      referenceFolder: await trainedByTorch(),
    });
    expect(metrics.loss).toBeCloseTo(wanted.loss, 4);
    expect(metrics.klReferenceSum / wanted.kl_sum).toBeCloseTo(1, 5);
    expectGradients(gradients, "regularised/");
  });

  /** A folder of the model as PyTorch trained it. */
  async function trainedByTorch(): Promise<string> {
    const trained = await mkdtemp(join(scratch, "reference-"));
    await cp(join(folder, "config.json"), join(trained, "config.json"));
    const weights = [...tensors]
      .filter(([name]) => name.startsWith("trained/"))
      .map(([name, values]) => ({ name: name.slice("trained/".length), dims: [values.length], values }));
    const layout = layOutSafetensors(weights, { format: "pt" });
    const bytes = Buffer.alloc(layout.size);
    bytes.set(layout.header);
    for (const { name, values } of weights)
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), layout.starts.get(name));
    await writeFile(join(trained, "model.safetensors"), bytes);
    return trained;
  }

  test("twenty steps of AdamW", async () => {
    await policy.load(folder);
    const { adamw, gradient_clip: gradientClip } = expected;
    const settings = {
      learningRate: adamw.lr,
      beta1: adamw.betas[0],
      beta2: adamw.betas[1],
      epsilon: adamw.eps,
      weightDecay: adamw.weight_decay,
      gradientClip,
    };
    for (let step = 0; step < expected.steps; step++) {
      await policy.forwardBackward(batch({ kind: "cross-entropy" }, 1));
      const { gradientNorm } = await policy.optimizerStep(settings);
      expect((gradientNorm ?? NaN) / (expected.gradient_norms[step] ?? NaN)).toBeCloseTo(1, 3);
    }
    const saved = await mkdtemp(join(scratch, "trained-"));
    await policy.save(saved);
    const before = await readTensors(join(folder, "model.safetensors"));
    const after = await readTensors(join(saved, "model.safetensors"));
    let difference = 0;
    let movement = 0;
    for (const [name, start] of before) {
      const trained = tensor(tensors, `trained/${name}`);
      const found = tensor(after, name);
      for (let i = 0; i < start.length; i++) {
        difference += ((found[i] ?? NaN) - (trained[i] ?? NaN)) ** 2;
        movement += ((trained[i] ?? NaN) - (start[i] ?? NaN)) ** 2;
      }
    }
    expect(Math.sqrt(difference)).toBeLessThan(1e-2 * Math.sqrt(movement));
  });
});

async function readTensors(path: string): Promise<Tensors> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = new Map<string, Float32Array>();
    for (const { name, dims } of file.tensors.values()) {
      const values = new Float32Array(dims.reduce((product, length) => product * length, 1));
      await file.readInto(name, values);
      tensors.set(name, values);
    }
    return tensors;
  } finally {
    await file.close();
  }
}

function tensor(tensors: Tensors, name: string): Float32Array {
  const values = tensors.get(name);
  if (values === undefined) throw new Error(`no tensor "${name}"`);
  return values;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] ?? NaN))), 0);
}
