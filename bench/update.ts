import { rm } from "node:fs/promises";
import { randomStream } from "../src/domain/seed.ts";
import type { Loss, OptimizerSettings, Policy, TrainingSequence } from "../src/policy/port.ts";
import { compare, secondsOf, type Figure } from "./harness.ts";
import { cores, makeModel, modelSizes, openEngine, type ModelSize } from "./support/models.ts";
import { startTorch, type TorchPeer } from "./support/torch.ts";

interface Case {
  readonly name: string;
  readonly size: ModelSize;
  /** Lengths of the sequences of one update. */
  readonly lengths: readonly number[];
  /** Padded tokens of a micro-batch on our side. */
  readonly microBatchTokens: number;
  /** A large model wants one replica on all cores: handing its gradient from replica to replica costs more than it saves. */
  readonly replicas: number;
}

const cases: readonly Case[] = [
  { name: "world-64", size: "world-64", lengths: Array.from({ length: 32 }, () => 256), microBatchTokens: 2048, replicas: 2 },
  { name: "world-128", size: "world-128", lengths: Array.from({ length: 32 }, () => 256), microBatchTokens: 2048, replicas: 2 },
  { name: "width-512", size: "width-512", lengths: [256, 256], microBatchTokens: 512, replicas: 1 },
];

const optimizer: OptimizerSettings = { learningRate: 1e-5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 };

/** Micro-batch sizes that the peer may choose from, in padded tokens; it keeps the fastest. */
const peerBudgets = [1024, 2048, 4096, 8192];

/** Forward, backward and AdamW in useful tokens/s, against a transformers Llama in PyTorch (SDPA, fused AdamW). */
export async function* bench(): AsyncGenerator<Figure> {
  for (const one of cases) yield await compareUpdates(one);
}

async function compareUpdates({ name, size, lengths, microBatchTokens, replicas }: Case): Promise<Figure> {
  const folder = await makeModel(size);
  const policy = await openEngine(folder, microBatchTokens, replicas);
  const torch = await startTorch(folder, cores);
  try {
    const sequences = lengths.map((length, index) => drawSequence(length, modelSizes[size].vocabularySize, index));
    await checkSameModel(policy, torch, sequences);
    const loss: Loss = { kind: "cross-entropy" };
    const useful = lengths.reduce((sum, length) => sum + length, 0);
    const budget = await fastestBudget(torch, sequences, loss);
    return await compare({
      name: `update/${name}`,
      unit: "tokens/s",
      direction: "higher-is-better",
      ours: async () => useful / (await secondsOf(() => updateOnce(policy, sequences, loss))),
      peer: async () => useful / (await torch.update(sequences, loss, budget)),
    });
  } finally {
    await policy.close();
    await torch.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One whole update on our side. */
export async function updateOnce(policy: Policy, sequences: readonly TrainingSequence[], loss: Loss): Promise<void> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((bits, bit) => bits + bit, 0), 0);
  await policy.forwardBackward({ sequences, loss, lossDivisor, temperature: 1 });
  await policy.optimizerStep(optimizer);
}

/** The peer's best micro-batch size for these sequences. */
export async function fastestBudget(torch: TorchPeer, sequences: readonly TrainingSequence[], loss: Loss): Promise<number> {
  const total = sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const timed: { budget: number; seconds: number }[] = [];
  for (const budget of peerBudgets.filter((size) => size < 2 * Math.max(total, 1024))) {
    await torch.update(sequences, loss, budget);
    timed.push({ budget, seconds: await torch.update(sequences, loss, budget) });
  }
  return timed.reduce((best, one) => (one.seconds < best.seconds ? one : best)).budget;
}

/** Both sides must hold the same model. */
async function checkSameModel(policy: Policy, torch: TorchPeer, sequences: readonly TrainingSequence[]): Promise<void> {
  const [sequence] = sequences;
  if (sequence === undefined) return;
  const [[ours], [peer]] = await Promise.all([policy.logProbabilities([sequence.tokens]), torch.logProbabilities([sequence.tokens])]);
  const gap = Math.max(...sequence.tokens.map((_, t) => Math.abs((ours?.[t] ?? NaN) - (peer?.[t] ?? NaN))));
  if (!(gap < 1e-3)) throw new Error(`the two sides disagree by ${gap} nats`);
}

function drawSequence(length: number, vocabularySize: number, index: number): TrainingSequence {
  const random = randomStream(["bench", "update", index]);
  return {
    tokens: Array.from({ length }, () => random.integer(vocabularySize)),
    lossMask: Array.from({ length }, (_, t) => (t === 0 ? 0 : 1)),
    sampledLogProbabilities: Array.from({ length }, () => 0),
    advantage: 0,
  };
}
