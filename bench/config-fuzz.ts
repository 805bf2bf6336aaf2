import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { randomStream, type RandomStream } from "../src/domain/seed.ts";
import { parseModelConfig } from "../src/engines/onnx/model/modelConfig.ts";
import type { Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { openEngine, wordTokenizer } from "./support/models.ts";

type Json = Readonly<Record<string, unknown>>;

const models = 200;
const vocabularySize = 96;
const positions = 64;
/** Largest difference of a log-probability (nats) that single precision explains. */
const tolerance = 1e-4;

const shape: Json = {
  vocab_size: vocabularySize,
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  rms_norm_eps: 1e-6,
  max_position_embeddings: positions,
  hidden_act: "silu",
  rope_theta: 10_000,
};

/** Stands for a field that is left out: families differ in what they mean by it. */
const absent = Symbol("absent");

/** Fields with values of which each may change what a model computes. */
const changes: readonly (readonly [field: string, values: readonly unknown[]])[] = [
  ["rms_norm_eps", [1e-5, 1e-2, 0.5, absent]],
  ["hidden_act", ["gelu", "relu", "gelu_pytorch_tanh", "swish", absent]],
  ["head_dim", [8, 12, null, absent]],
  ["num_key_value_heads", [1, 4, null, absent]],
  ["tie_word_embeddings", [true, false, null]],
  ["attention_bias", [true, false]],
  ["mlp_bias", [true, false]],
  ["rope_theta", [100, 500_000, null, absent]],
  ["max_position_embeddings", [absent]],
  ["partial_rotary_factor", [0.5, 1]],
  ["sliding_window", [4, null]],
  ["use_sliding_window", [true, false]],
  ["max_window_layers", [0, 1, 2]],
  [
    "layer_types",
    [
      ["full_attention", "full_attention"],
      ["full_attention", "sliding_attention"],
      ["sliding_attention", "full_attention"],
    ],
  ],
  [
    "rope_scaling",
    [
      null,
      { type: "linear", factor: 2 },
      { rope_type: "dynamic", factor: 2 },
      { rope_type: "yarn", factor: 4, original_max_position_embeddings: 16 },
      { rope_type: "default" },
      { type: "default" },
      { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 },
      { rope_type: "longrope", short_factor: [1, 2, 3], long_factor: [2, 3, 4], original_max_position_embeddings: 16 },
    ],
  ],
  [
    "rope_parameters",
    [
      { rope_theta: 500 },
      { rope_type: "default", rope_theta: 77 },
      { rope_type: "linear", factor: 3, rope_theta: 10_000 },
      { rope_type: "default", rope_theta: 100, partial_rotary_factor: 0.5 },
      { full_attention: { rope_type: "default", rope_theta: 50 } },
      {
        rope_type: "llama3",
        factor: 4,
        low_freq_factor: 1,
        high_freq_factor: 2,
        original_max_position_embeddings: 8,
        rope_theta: 300,
      },
    ],
  ],
  ["final_logit_softcapping", [5]],
  ["attn_logit_softcapping", [1]],
  ["query_pre_attn_scalar", [64]],
  ["logits_scaling", [2]],
  ["attention_dropout", [0, 0.1]],
  ["embedding_multiplier", [3]],
  ["pretraining_tp", [1, 2]],
  ["use_cache", [false]],
  ["is_decoder", [false]],
  ["initializer_range", [1]],
  ["bos_token_id", [5]],
  ["pad_token_id", [0, 5]],
  ["attn_implementation", ["sdpa"]],
  ["rope_interleaved", [true]],
  ["quantization_config", [{ quant_method: "gptq", bits: 4 }]],
  ["dtype", ["float32", "bfloat16"]],
];

/** What our loader makes of a model, beside transformers. */
type Outcome = "equal" | "refused" | "refused-without-name" | "accepted-alone" | "silently-wrong";

/**
 * Tiny random models of every supported family with one to three fields of config.json changed: log-probabilities of our engine beside those
 * of transformers. Every model is equal, or refused by name; silently wrong is a fault.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const counts = new Map<Outcome, number>();
  const peer = startPeer("config_peer.py");
  let largest = 0;
  try {
    for (let index = 0; index < models; index++) {
      const { outcome, gap, told } = await compare(randomConfig(randomStream(["config-fuzz", index])), peer);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (outcome === "equal") largest = Math.max(largest, gap);
      if (outcome !== "equal" && outcome !== "refused") process.stderr.write(`${outcome}: ${told}\n`);
    }
  } finally {
    await peer.close();
  }
  for (const outcome of ["equal", "refused", "refused-without-name", "accepted-alone", "silently-wrong"] as const)
    yield { name: `config-fuzz/${outcome}`, value: counts.get(outcome) ?? 0, unit: "models", n: models };
  yield { name: "config-fuzz/largest-difference-of-equal", value: largest, unit: "nats", n: counts.get("equal") ?? 0 };
}

function randomConfig(random: RandomStream): Json {
  const config: Record<string, unknown> = { model_type: random.choice(["llama", "qwen2", "qwen3"]), ...shape };
  for (const [field, values] of random.sample(changes, 1 + random.integer(3))) {
    const value = random.choice(values);
    if (value === absent) delete config[field];
    else config[field] = value;
  }
  if ("rope_parameters" in config && random.uniform() < 0.8) delete config["rope_theta"];
  return config;
}

async function compare(
  config: Json,
  peer: Peer,
): Promise<{ readonly outcome: Outcome; readonly gap: number; readonly told: string }> {
  const told = JSON.stringify(Object.fromEntries(changed(config).map((name) => [name, config[name] ?? "absent"])));
  try {
    parseModelConfig(config, "config.json");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Kinds of rotary settings are named by what they hold.
    const named = changed(config).some((field) => message.includes(field.startsWith("rope_") ? "rope" : field));
    return {
      outcome: named || message.includes("rotary") ? "refused" : "refused-without-name",
      gap: 0,
      told: `${told}: ${message}`,
    };
  }
  const folder = await mkdtemp(join(tmpdir(), "med-r3-config-fuzz-"));
  try {
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    const { tokenizer, configuration } = wordTokenizer(vocabularySize);
    await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
    await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(configuration));
    const sequences = [1, 2, 3].map((row) =>
      Array.from({ length: positions }, (_, at) => (at * (2 * row + 5) + row) % vocabularySize),
    );
    const theirs = await peer.request(
      z.union([z.array(z.array(z.number())), z.object({ refused: z.string() })]),
      "log_probabilities",
      { folder, sequences },
    );
    if ("refused" in theirs) return { outcome: "accepted-alone", gap: 0, told: `${told}: ${theirs.refused}` };
    const gap = await differenceOf(folder, sequences, theirs);
    return { outcome: gap <= tolerance ? "equal" : "silently-wrong", gap, told: `${told}: ${gap} nats` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fields that are other than the shape's, those left out among them. */
function changed(config: Json): string[] {
  return [...new Set([...Object.keys(shape), ...Object.keys(config)])].filter((name) => shape[name] !== config[name]);
}

async function differenceOf(
  folder: string,
  sequences: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
): Promise<number> {
  const policy = await openEngine(folder, 1024, 1);
  try {
    const ours = await policy.logProbabilities(sequences);
    // Ours have a 0 for the first token, of which nothing stands before.
    return Math.max(
      ...ours.flatMap((row, index) =>
        Array.from(row.slice(1), (value, at) => Math.abs(value - (theirs[index]?.[at] ?? NaN))),
      ),
    );
  } finally {
    await policy.close();
  }
}
