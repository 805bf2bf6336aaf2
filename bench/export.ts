import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type OnnxPolicy, type OnnxPolicyOptions } from "../src/engines/onnx/onnxPolicy.ts";
import { openOnnxPolicy } from "../src/engines/onnx/openEngine.ts";
import type { ChatMessage } from "../src/policy/port.ts";
import type { Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";

/** Tiny models of each architecture, with PyTorch's random weights. */
const fixtures = fileURLToPath(new URL("../test/engines/onnx/fixtures", import.meta.url));
const architectures = ["llama", "llama-3.1", "mistral", "gemma3", "qwen2", "qwen3"];
const vocabulary = 48;
/** Float32 rounding differs by less; another model differs by more. */
const tolerance = 1e-4;
const lora = {
  rank: 4,
  alpha: 8,
  targetModules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
} as const;
const adamw = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, gradientClip: 1 };
const conversation: ChatMessage[] = [
  { role: "system", content: "w5" },
  { role: "user", content: "w6 w7" },
];

const text = Array.from({ length: 40 }, (_, t) => 3 + ((t * t * 5 + t * 11) % (vocabulary - 3)));
/** Beginnings of the text after which logits are compared. */
const prefixes = [1, 2, 7, 16, 39].map((length) => text.slice(0, length));

/** Largest difference of logits between the engine and what users load of its exports: whole models in transformers, adapters in peft. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-export-"));
  const peer = startPeer("export_peer.py");
  try {
    for (const architecture of architectures) {
      const base = join(folder, architecture);
      await prepare(join(fixtures, architecture), base);
      yield {
        name: `export/model-${architecture}`,
        ...(await compareExport(peer, "model_logits", { folder: base }, `${base}-saved`)),
      };
      yield {
        name: `export/adapter-${architecture}`,
        ...(await compareExport(peer, "adapter_logits", { folder: base, lora }, `${base}-adapter`)),
      };
    }
  } finally {
    await peer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fixture with a generation configuration and a chat template, as instruct models have them. */
async function prepare(source: string, folder: string): Promise<void> {
  await cp(source, folder, { recursive: true });
  await writeFile(join(folder, "generation_config.json"), JSON.stringify({ eos_token_id: [1, 9] }));
  await cp(join(fixtures, "chat", "qwen2", "chat_template.jinja"), join(folder, "chat_template.jinja"));
}

/** Trains a little, saves, and compares with what the peer makes of the saved folder. */
async function compareExport(
  peer: Peer,
  operation: string,
  options: Pick<OnnxPolicyOptions, "folder" | "lora">,
  saved: string,
): Promise<Omit<Figure, "name">> {
  const policy = await openOnnxPolicy({
    ...options,
    provider: "cpu",
    replicas: 1,
    threadsPerReplica: 1,
    microBatchTokens: 4096,
  });
  try {
    await train(policy);
    await mkdir(saved);
    await policy.save(saved);
    await checkCompanions(peer, policy, saved);
    const theirs = await peer.request(z.array(z.array(z.number())), operation, { folder: saved, sequences: prefixes });
    const value = largestDifference(await lastLogits(policy), theirs);
    if (!(value < tolerance)) throw new Error(`${saved}: logits differ by up to ${value}`);
    return { value, unit: "largest difference of logits", n: prefixes.length * vocabulary };
  } finally {
    await policy.close();
  }
}

async function train(policy: OnnxPolicy): Promise<void> {
  const sequence = {
    tokens: text,
    lossMask: text.map((_, t) => (t > 0 ? 1 : 0)),
    sampledLogProbabilities: text.map(() => 0),
    advantage: 1,
  };
  for (let step = 0; step < 3; step++) {
    await policy.forwardBackward({
      sequences: [sequence],
      loss: { kind: "cross-entropy" },
      lossDivisor: text.length - 1,
      temperature: 1,
    });
    await policy.optimizerStep(adamw);
  }
}

/** The engine's logits after each prefix less their mean: those of log-probabilities are the same. */
async function lastLogits(policy: OnnxPolicy): Promise<number[][]> {
  const everyNext = prefixes.flatMap((prefix) => Array.from({ length: vocabulary }, (_, token) => [...prefix, token]));
  const found = (await policy.logProbabilities(everyNext)).map((values) => values.at(-1) ?? NaN);
  return prefixes.map((_, row) => {
    const values = found.slice(row * vocabulary, (row + 1) * vocabulary);
    const mean = values.reduce((sum, value) => sum + value, 0) / vocabulary;
    return values.map((value) => value - mean);
  });
}

async function checkCompanions(peer: Peer, policy: OnnxPolicy, folder: string): Promise<void> {
  const read = await peer.request(z.object({ ends: z.array(z.number()), text: z.string() }), "companions", {
    folder,
    conversation,
  });
  const rendered = policy.tokenizer.renderChat?.(conversation);
  if (read.text !== rendered)
    throw new Error(`${folder}: transformers renders "${read.text}", the engine "${rendered}"`);
  if (read.ends.join() !== [...policy.tokenizer.endOfTextIds].join())
    throw new Error(
      `${folder}: transformers ends at ${read.ends.join()}, the engine at ${[...policy.tokenizer.endOfTextIds].join()}`,
    );
}

/** NaN where the shapes differ. */
function largestDifference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - (b[i]?.[j] ?? NaN)))));
}
