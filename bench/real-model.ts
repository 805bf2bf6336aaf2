import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openOnnxPolicy } from "../src/engines/onnx/openEngine.ts";
import type { OnnxPolicy } from "../src/engines/onnx/onnxPolicy.ts";
import type { Responder, SampledSequence, TrainingSequence } from "../src/policy/port.ts";
import { compare, secondsOf, wantedCases, type Figure } from "./harness.ts";
import { cores } from "./support/models.ts";
import { realModel, realTexts } from "./support/realModel.ts";
import { startTorch, type LoopKind } from "./support/torch.ts";
import { crossEntropy, updateOnce } from "./support/updates.ts";

const updatePairs = 2;
const [rolloutRows, promptTokens, newTokens] = [32, 400, 256];
/** Samples of a question, as presets draw them. */
const groupSize = 8;
const [updateRows, updateTokens, microBatchTokens] = [8, 512, 2048];
export const loraRank = 16;

/**
 * SmolLM2-135M on real English beside PyTorch, transformers and peft: the same folder, tokens and number of threads. The whole takes
 * about an hour; MED_R3_BENCH_ONLY names the cases that are wanted, as a regular expression.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await realModel();
  for (const { name, measure } of wantedCases(cases)) yield await measure(folder, `real-model/${name}`);
}

interface RealCase {
  readonly name: string;
  readonly measure: (folder: string, name: string) => Promise<Figure>;
}

const cases: readonly RealCase[] = [
  { name: "log-probability", measure: logProbabilityGap },
  { name: "rollout", measure: (folder, name) => rollouts(folder, name, "generate", 1) },
  { name: "rollout-static-cache", measure: (folder, name) => rollouts(folder, name, "static", 1) },
  { name: `rollout-groups-of-${groupSize}`, measure: (folder, name) => rollouts(folder, name, "generate", groupSize) },
  {
    name: `rollout-groups-of-${groupSize}-static-cache`,
    measure: (folder, name) => rollouts(folder, name, "static", groupSize),
  },
  { name: "update", measure: (folder, name) => updates(folder, name, 0) },
  { name: "memory", measure: (folder, name) => memory(folder, name, 0) },
  { name: `update-lora-${loraRank}`, measure: (folder, name) => updates(folder, name, loraRank) },
  { name: `memory-lora-${loraRank}`, measure: (folder, name) => memory(folder, name, loraRank) },
];

/** The engine on the folder, with adapters of a rank on every projection, or all weights for rank 0. */
export function openReal(folder: string, rank: number): Promise<OnnxPolicy> {
  const targetModules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;
  return openOnnxPolicy({
    folder,
    provider: "cpu",
    replicas: 1,
    threadsPerReplica: cores,
    microBatchTokens,
    ...(rank === 0 ? {} : { lora: { rank, alpha: 2 * rank, targetModules: [...targetModules] } }),
  });
}

/** Largest difference, in nats, of the log-probabilities of 2,000 tokens. */
async function logProbabilityGap(folder: string, name: string): Promise<Figure> {
  const policy = await openReal(folder, 0);
  const torch = await startTorch(folder, cores);
  try {
    const texts = realTexts(policy.tokenizer, 4, 501);
    const [ours, theirs] = [await policy.logProbabilities(texts), await torch.logProbabilities(texts)];
    const gaps = ours.flatMap((row, i) => [...row].map((value, t) => Math.abs(value - (theirs[i]?.[t] ?? NaN))));
    return { name, value: Math.max(...gaps), unit: "nats, largest of 2,000 tokens" };
  } finally {
    await policy.close();
    await torch.close();
  }
}

/** Each prompt stands for `samples` rows. Rows of ours end at the end of a text, those of the peer never do: our batch may shrink a little earlier. */
async function rollouts(folder: string, name: string, kind: LoopKind, samples: number): Promise<Figure> {
  const policy = await openReal(folder, 0);
  const torch = await startTorch(folder, cores);
  try {
    const texts = realTexts(policy.tokenizer, rolloutRows / samples, promptTokens);
    const prompts = texts.flatMap((text) => Array.from({ length: samples }, () => text));
    let seed = 0;
    return await compare({
      name,
      unit: "tokens/s",
      direction: "higher-is-better",
      pairs: 1,
      warmUp: false,
      ours: async () => {
        let tokens = 0;
        const seconds = await secondsOf(async () => {
          const rows = await policy.sample(
            prompts.map((prompt) => requestOf(prompt, seed++)),
            noResponder,
          );
          tokens = rows.reduce((sum, row) => sum + policyTokensOf(row), 0);
        });
        return tokens / seconds;
      },
      peer: async () => {
        const { tokens, seconds } = await torch.rollout({ prompts, limit: newTokens, ids: null, kind, seed: seed++ });
        return tokens / seconds;
      },
    });
  } finally {
    await policy.close();
    await torch.close();
  }
}

function policyTokensOf({ segments }: SampledSequence): number {
  return segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

function requestOf(prompt: readonly number[], seed: number) {
  return { prompt, seed: `${seed}`, temperature: 1, topP: 1, topK: 0, maxResponseTokens: newTokens, stopStrings: [] };
}

const noResponder: Responder = {
  respond: async () => {
    throw new Error("nothing stops in this bench");
  },
};

export function realSequences(policy: OnnxPolicy): TrainingSequence[] {
  return realTexts(policy.tokenizer, updateRows, updateTokens).map((tokens) => ({
    tokens,
    lossMask: tokens.map((_, t) => (t === 0 ? 0 : 1)),
    sampledLogProbabilities: tokens.map(() => 0),
    advantage: 0,
  }));
}

async function updates(folder: string, name: string, rank: number): Promise<Figure> {
  const policy = await openReal(folder, rank);
  const torch = await startTorch(folder, cores, rank);
  try {
    const sequences = realSequences(policy);
    const tokens = updateRows * updateTokens;
    return await compare({
      name,
      unit: "tokens/s",
      direction: "higher-is-better",
      pairs: updatePairs,
      ours: async () => tokens / (await secondsOf(() => updateOnce(policy, sequences, crossEntropy))),
      peer: async () => tokens / (await torch.update(sequences, crossEntropy, microBatchTokens)),
    });
  } finally {
    await policy.close();
    await torch.close();
  }
}

/** Peak resident memory of a fresh process that makes two updates. */
async function memory(folder: string, name: string, rank: number): Promise<Figure> {
  const script = fileURLToPath(new URL("./support/memoryOfRealUpdate.ts", import.meta.url));
  const policy = await openReal(folder, 0);
  const sequences = realSequences(policy);
  await policy.close();
  return compare({
    name,
    unit: "MiB",
    direction: "lower-is-better",
    pairs: 1,
    warmUp: false,
    ours: async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, folder, `${rank}`]);
      return Number(stdout) / 2 ** 20;
    },
    peer: async () => {
      const torch = await startTorch(folder, cores, rank);
      for (let update = 0; update < 2; update++) await torch.update(sequences, crossEntropy, microBatchTokens);
      const bytes = await torch.peakMemory();
      await torch.close();
      return bytes / 2 ** 20;
    },
  });
}
