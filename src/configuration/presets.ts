import type { OnnxSettings } from "../engines/onnx/onnxSettings.ts";
import type { TinkerSettings } from "../engines/tinker/engine/settings.ts";
import { findDeclaration } from "../tasks/taskRegistry.ts";
import type { RunConfiguration } from "./configuration.ts";
import { defaultCost } from "./cost.ts";
import { defaultRewardSettings } from "./rewardSettings.ts";
import { stageWeights } from "./stageWeights.ts";

/** All of a configuration but the run's name; `data`, the model and the semantic encoder are left out where only the user can know them. */
export type PresetBody = Omit<
  RunConfiguration,
  "run" | "preset" | "data" | "policy" | "semanticEncoder" | "warmStart" | "prompt"
> & {
  readonly data?: RunConfiguration["data"];
  readonly policy: (OnnxSettings | Partial<TinkerSettings>) & { readonly engine: string; readonly model?: string };
  /** The schema's defaults where they are left out. */
  readonly prompt?: Partial<RunConfiguration["prompt"]>;
  readonly warmStart?: Partial<RunConfiguration["warmStart"]>;
  readonly semanticEncoder?: RunConfiguration["semanticEncoder"];
};

/** The paper's three stages with these numbers of iterations. */
function stages(reasoner: number, retriever: number, collaboration: number): RunConfiguration["stages"] {
  return Object.entries({ reasoner, retriever, collaboration }).map(([name, iterations]) => ({
    name,
    iterations,
    rewards: stageWeights[name as keyof typeof stageWeights],
    gate: {},
  }));
}

/** Searches of the corpus and nothing else. */
function searching(maxCalls: number, passages: number, maxPassageTokens: number): RunConfiguration["environments"] {
  return [{ name: "search", settings: { maxCalls, passages, maxPassageTokens } }];
}

const grpo = { name: "grpo", settings: {} } as const;
const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 } as const;
const cpu = { engine: "onnx", provider: "cpu" } as const;

/** The curriculum on the embedded world, staged as the paper stages it, in minutes on a laptop. */
const quickStaged: PresetBody = {
  seed: 1,
  schedule: { name: "staged", settings: {} },
  data: { dataset: "world", worldSeed: 1 },
  // 2,048 tokens of a world-sized policy stay in the cache of a core.
  policy: { ...cpu, model: "built-in", replicas: 2, threadsPerReplica: 1, microBatchTokens: 2048 },
  rollout: {
    questions: 12,
    samples: 8,
    temperature: 1,
    topP: 1,
    topK: 0,
    maxResponseTokens: 140,
  },
  environments: searching(4, 2, 32),
  algorithm: grpo,
  optimizer: { ...adamW, minibatches: 2, learningRate: 4e-4 },
  stages: stages(8, 27, 55),
  // Mostly for the SFT baseline: the world's base writes the protocol.
  warmStart: { learningRate: 1e-3, count: 1000 },
  rewards: defaultRewardSettings,
  gate: {
    questions: 60,
    confidence: 0.95,
    minimumGain: 0,
    otherwise: "flag",
    maximumExtensions: 0,
    extensionIterations: 10,
  },
  evaluation: {
    questions: 216,
    samples: 1,
    temperature: 0,
    topP: 1,
    confidence: 0.95,
    sampled: null,
    measures: false,
  },
  snapshot: { every: 10, keep: 3 },
  guard: {
    maximumGradientNorm: 100,
    minimumEntropy: 1e-4,
    minimumFormatShare: 0.3,
    maximumLogProbabilityGap: 0.05,
    maximumUnscoredShare: 0.1,
    learningRateFactor: 0.5,
    maximumRecoveries: 2,
  },
  retrieval: { encoder: null, reranker: null, preferEvidence: 0, threads: 2 },
  judge: null,
  semanticEncoder: { kind: "feature-hashing" },
  extractor: { kind: "dataset" },
  cost: defaultCost,
  baselines: [],
};

/**
 * The same with the schedule and the algorithm that ended well most often on the choosing worlds (docs/studies/lab-book.md). Malformed searches, frequent where
 * searching is new, count by the format gate and the penalties alone: counted in every component, they drown what rare searches find.
 */
const quick: PresetBody = {
  ...quickStaged,
  schedule: { name: "adaptive", settings: {} },
  algorithm: { name: "gdpo", settings: { failed: "apart" } },
};

/** A curriculum of seconds, for tests: every part runs, nothing is learnt. */
const tiny: PresetBody = {
  ...quickStaged,
  policy: { ...quickStaged.policy, replicas: 1, microBatchTokens: 2048 },
  rollout: { ...quickStaged.rollout, questions: 2, samples: 4, maxResponseTokens: 64 },
  environments: searching(2, 2, 32),
  stages: stages(2, 2, 2),
  gate: { ...quickStaged.gate, questions: 4 },
  evaluation: { ...quickStaged.evaluation, questions: 4 },
  snapshot: { every: 2, keep: 2 },
  guard: { ...quickStaged.guard, minimumFormatShare: 0 },
};

const { data: _, ...stagedWithoutData } = quickStaged;

/** Real abstracts and questions at a size that a laptop's cold-started policy can work through. */
const pubmedqa: PresetBody = {
  ...stagedWithoutData,
  policy: { ...cpu, model: "built-in", replicas: 2, threadsPerReplica: 1, microBatchTokens: 8192 },
  rollout: { ...quickStaged.rollout, questions: 6, samples: 6, maxResponseTokens: 288 },
  environments: searching(2, 2, 48),
  stages: stages(6, 6, 8),
  gate: { ...quickStaged.gate, questions: 40 },
  snapshot: { every: 5, keep: 2 },
  guard: { ...quickStaged.guard, minimumFormatShare: 0 },
};

/** Adapters on every projection. */
const lora = {
  rank: 16,
  alpha: 32,
  targetModules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
} satisfies NonNullable<OnnxSettings["lora"]>;

/** A real small model of the user's (some 135 million parameters) on PubMedQA: warm start, then the stages, in two hours on two cores and 8 GB. */
const laptop: PresetBody = {
  ...pubmedqa,
  policy: { ...cpu, replicas: 1, threadsPerReplica: 2, microBatchTokens: 2048, lora },
  rollout: { ...quickStaged.rollout, questions: 4, samples: 6, maxResponseTokens: 256 },
  environments: searching(1, 2, 64),
  // Of eight sequences each; adapters want about ten times the rate of whole weights.
  optimizer: { ...adamW, minibatches: 3, learningRate: 1e-4 },
  stages: stages(8, 12, 16),
  gate: { ...quickStaged.gate, questions: 30 },
  evaluation: { ...quickStaged.evaluation, questions: 60, measures: true },
  warmStart: { iterations: 12, every: 3, learningRate: 1e-3 },
};

/** Stage 0 of it alone, in 20 minutes. */
const laptopWarm: PresetBody = {
  ...laptop,
  stages: stages(0, 0, 0),
  evaluation: { ...laptop.evaluation, questions: 30 },
  warmStart: { ...laptop.warmStart, iterations: 9 },
};

/** The published figures for models of 7 to 8 billion parameters (docs/method.md#optimisation); needs a model, data and a large machine. */
const standard: PresetBody = {
  seed: 1,
  schedule: { name: "staged", settings: {} },
  policy: { engine: "onnx", provider: "cuda", replicas: 1, threadsPerReplica: 8, microBatchTokens: 32_768 },
  rollout: {
    questions: 256,
    samples: 16,
    temperature: 1,
    topP: 1,
    topK: 0,
    maxResponseTokens: 14_336,
  },
  environments: searching(4, 5, 512),
  algorithm: grpo,
  optimizer: { ...adamW, minibatches: 4, learningRate: 1e-6 },
  stages: stages(80, 80, 80),
  rewards: defaultRewardSettings,
  gate: {
    questions: 300,
    confidence: 0.95,
    minimumGain: 0,
    otherwise: "hold",
    maximumExtensions: 2,
    extensionIterations: 16,
  },
  evaluation: {
    questions: 1000,
    samples: 4,
    temperature: 0.6,
    topP: 0.9,
    confidence: 0.95,
    sampled: null,
    measures: false,
  },
  snapshot: { every: 8, keep: 3 },
  guard: {
    maximumGradientNorm: 1000,
    minimumEntropy: 1e-3,
    minimumFormatShare: 0.5,
    maximumLogProbabilityGap: 2,
    maximumUnscoredShare: 0.1,
    learningRateFactor: 0.5,
    maximumRecoveries: 2,
  },
  retrieval: { encoder: null, reranker: null, preferEvidence: 0, threads: 2 },
  judge: null,
  extractor: { kind: "dataset" },
  cost: defaultCost,
  baselines: [],
};

/** The paper's models on a server of the Tinker protocol, all weights trained. `fallback` shares the tokenizer. */
function paper(model: string, fallback: string): PresetBody {
  return { ...standard, policy: { engine: "tinker", server: "tinker", model, fallback, rank: 0 } };
}

/** The same with adapters, which want about ten times the learning rate (thinkingmachines.ai/blog/lora). */
function withAdapters(preset: PresetBody): PresetBody {
  const { learningRate } = preset.optimizer;
  return {
    ...preset,
    policy: { ...preset.policy, rank: 32 },
    optimizer: { ...preset.optimizer, learningRate: 10 * learningRate },
  };
}

const llama8b = paper("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B");
const qwen7b = paper("Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B-Instruct");
const qwen14b = paper("Qwen/Qwen2.5-14B", "Qwen/Qwen2.5-14B-Instruct");

/** Starting points of a configuration by name. */
export const presets: Readonly<Record<string, PresetBody>> = {
  quick,
  "quick-staged": quickStaged,
  tiny,
  pubmedqa,
  laptop,
  "laptop-warm": laptopWarm,
  standard,
  "paper-llama3.1-8b": llama8b,
  "paper-llama3.1-8b-lora": withAdapters(llama8b),
  "paper-qwen2.5-7b": qwen7b,
  "paper-qwen2.5-7b-lora": withAdapters(qwen7b),
  "paper-qwen2.5-14b": qwen14b,
  "paper-qwen2.5-14b-lora": withAdapters(qwen14b),
};

export const presetNames: readonly string[] = Object.keys(presets);

/** A run's name for want of another: names of runs hold no dots. */
export function namedAfter(preset: string): string {
  return preset.replaceAll(".", "-");
}

/** The preset that a task is run with when none is named. */
export function defaultPreset(dataset: unknown): string {
  return findDeclaration(dataset)?.preset ?? "quick";
}
