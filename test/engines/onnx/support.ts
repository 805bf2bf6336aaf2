import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelFolder } from "../../../src/engines/onnx/model/create.ts";
import type { NewModel } from "../../../src/engines/onnx/model/create.ts";
import { openOnnxPolicy } from "../../../src/engines/onnx/openEngine.ts";
import type { OnnxPolicy, OnnxPolicyOptions } from "../../../src/engines/onnx/onnxPolicy.ts";
import type { OptimizerSettings, Responder, SampleRequest, TrainingSequence } from "../../../src/policy/port.ts";

const words = [
  "<pad>",
  "<eos>",
  "<unk>",
  "<search>",
  "</search>",
  "<document>",
  "</document>",
  ...Array.from({ length: 25 }, (_, i) => `w${i}`),
];

/** Steps that a tiny model sees at once. */
export const adamw: OptimizerSettings = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientClip: 1,
};

export const tinyModel: NewModel = {
  vocabularySize: words.length,
  hiddenSize: 16,
  feedForwardSize: 24,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  maximumPositions: 512,
  tiedEmbeddings: true,
  endOfTextId: 1,
};

/** One word, one token, split at whitespace. */
export const wordTokenizer = {
  tokenizer: {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: "<unk>" },
  },
  configuration: { eos_token: "<eos>", pad_token: "<pad>", unk_token: "<unk>" },
};

export const token = (word: string): number => words.indexOf(word);

/** Folders and policies of one test file, cleaned up together. */
export class Workbench {
  #folders: string[] = [];
  #policies: { readonly kind: string; readonly policy: OnnxPolicy; free: boolean }[] = [];

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-policy-"));
    this.#folders.push(folder);
    return folder;
  }

  async model(model: Partial<NewModel> = {}, seed = "tests"): Promise<string> {
    const folder = await this.folder();
    await createModelFolder(folder, { ...tinyModel, ...model }, wordTokenizer, seed);
    return folder;
  }

  /** A policy of the folder, new or taken back from an earlier test: to open one is to make its threads, then to load. */
  async open(options: Partial<OnnxPolicyOptions> = {}): Promise<OnnxPolicy> {
    const folder = options.folder ?? (await this.model());
    const kind = await kindOf(folder, options);
    const free = this.#policies.find((one) => one.free && one.kind === kind);
    if (free !== undefined) {
      free.free = false;
      await free.policy.discardGradient();
      await free.policy.load(folder);
      return free.policy;
    }
    const policy = await openOnnxPolicy({
      provider: "cpu",
      replicas: 1,
      threadsPerReplica: 1,
      microBatchTokens: 256,
      ...options,
      folder,
    });
    this.#policies.push({ kind, policy, free: false });
    return policy;
  }

  /** After a test that broke and closed nothing: its policies are free for the next ones. */
  takeBack(): void {
    for (const one of this.#policies) one.free = true;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#policies.map(({ policy }) => policy.close()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
    this.#policies = [];
    this.#folders = [];
  }
}

/** Policies of one kind differ in their weights alone: options, shape and tokenizer are the same. */
async function kindOf(folder: string, options: Partial<OnnxPolicyOptions>): Promise<string> {
  const read = (file: string): Promise<string> => readFile(join(folder, file), "utf8").catch(() => "");
  return JSON.stringify({
    ...options,
    // Adapters stay on the base that they were opened with.
    folder: options.lora === undefined ? await read("config.json") : folder,
    tokenizer: await read("tokenizer.json"),
    adapter: await read("adapter_config.json"),
  });
}

export function sampleRequest(
  seed: string,
  prompt: readonly number[],
  changes: Partial<SampleRequest> = {},
): SampleRequest {
  return {
    prompt,
    seed,
    temperature: 1,
    topP: 1,
    topK: 0,
    maxResponseTokens: 40,
    stopStrings: ["</search>"],
    ...changes,
  };
}

/** Answers every stop with the same tokens. */
export function scriptedResponder(tokens: readonly number[]): Responder {
  return { respond: async (stopped) => stopped.map(() => ({ kind: "continue", tokens })) };
}

/** Sequences of different lengths with a masked part, drawn from a fixed pattern. */
export function trainingSequences(count: number): TrainingSequence[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = Array.from({ length: 8 + ((index * 7) % 23) }, (_unused, t) => 7 + ((index * 13 + t * t * 5) % 25));
    return {
      tokens,
      lossMask: tokens.map((_unused, t) => (t < 3 || t % 5 === 4 ? 0 : 1)),
      sampledLogProbabilities: tokens.map((_unused, t) => (t < 3 || t % 5 === 4 ? 0 : -3 - (t % 3) * 0.3)),
      advantage: ((index % 5) - 2) / 2,
    };
  });
}

export function maskedTokens(sequences: readonly TrainingSequence[]): number {
  return sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((count, bit) => count + bit, 0), 0);
}
