import fc from "fast-check";
import { parseModelConfig, type ModelConfig } from "../../../src/engines/onnx/model/modelConfig.ts";
import { plainKind, type FuzzCase, type FuzzKind } from "./kind.ts";

type Json = Readonly<Record<string, unknown>>;

const inputs = 5_000;
const shape = {
  vocab_size: 96,
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 64,
  hidden_act: "silu",
  rope_theta: 10_000,
};
const bases = ["llama", "qwen2", "qwen3"].map((type): Json => ({ model_type: type, ...shape }));

/** What a change must lead to: refused by this name, read as unchanged, or read as this. */
type Outcome = { readonly refused: string } | { readonly read: Partial<ModelConfig> };
interface Change {
  readonly fields: Json;
  readonly outcome: Outcome;
}

/** Settings of published architectures near these, which change what a model computes. */
const foreign = [
  "partial_rotary_factor",
  "final_logit_softcapping",
  "attn_logit_softcapping",
  "query_pre_attn_scalar",
  "embedding_multiplier",
  "residual_multiplier",
  "attention_multiplier",
  "logits_scaling",
  "logit_scale",
  "num_local_experts",
  "num_experts",
  "num_experts_per_tok",
  "moe_intermediate_size",
  "n_routed_experts",
  "no_rope_layers",
  "no_rope_layer_interval",
  "attention_chunk_size",
  "sliding_window_pattern",
  "global_attn_every_n_layers",
  "quantization_config",
  "quantization",
  "compression_config",
  "rope_local_base_freq",
  "original_max_position_embeddings",
  "use_qk_norm",
  "qk_layernorm",
  "clip_qkv",
  "rms_norm_add_unit_offset",
  "scale_emb",
  "scale_depth",
  "dim_model_base",
  "mup_multiplier",
  "altup_num_inputs",
  "kv_lora_rank",
  "q_lora_rank",
  "vision_config",
  "text_config",
  "auto_map",
  "attention_function",
  "norm_type",
  "suppress_tokens",
  "use_mrope",
];
const harmless = [
  "torch_dtype",
  "transformers_version",
  "use_cache",
  "initializer_range",
  "pretraining_tp",
  "bos_token_id",
  "pad_token_id",
  "temperature",
  "max_window_layers",
  "_name_or_path",
  "unsloth_version",
];
const wrongTyped = Object.keys(shape).filter((name) => name !== "rope_theta");
const strange = fc.constantFrom<unknown>("much", 0.5, true, [1], { a: 1 }, 7);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...foreign), strange)
    .map(([name, value]) => ({ fields: { [name]: value }, outcome: { refused: name } })),
  fc
    .tuple(
      fc.stringMatching(/^[a-z]{3,9}$/),
      fc.jsonValue().filter((value) => value !== null),
    )
    .map(([name, value]) => ({ fields: { [`${name}_unknown`]: value }, outcome: { refused: `${name}_unknown` } })),
  fc
    .tuple(fc.constantFrom(...harmless), strange)
    .map(([name, value]) => ({ fields: { [name]: value }, outcome: { read: {} } })),
  fc
    .tuple(fc.constantFrom(...wrongTyped), fc.constantFrom<unknown>("many", -3, {}, [], true))
    .map(([name, value]) => ({ fields: { [name]: value }, outcome: { refused: name } })),
  fc
    .integer({ min: 1, max: 1e7 })
    .map((theta) => ({ fields: { rope_theta: theta }, outcome: { read: { ropeTheta: theta } } })),
  fc.integer({ min: 20_000, max: 1e7 }).chain((theta) =>
    fc.constantFrom(
      {
        fields: { rope_theta: undefined, rope_parameters: { rope_theta: theta } },
        outcome: { read: { ropeTheta: theta } },
      },
      {
        fields: {
          rope_theta: undefined,
          rope_parameters: { full_attention: { rope_type: "default", rope_theta: theta } },
        },
        outcome: { read: { ropeTheta: theta } },
      },
      { fields: { rope_parameters: { rope_theta: theta } }, outcome: { refused: "rope_theta" } },
      {
        fields: {
          rope_parameters: { sliding_attention: { rope_theta: theta }, full_attention: { rope_theta: theta } },
        },
        outcome: { refused: "sliding_attention" },
      },
    ),
  ),
  fc
    .tuple(
      fc.constantFrom("linear", "dynamic", "yarn", "longrope", "su", "mrope", "proportional"),
      fc.constantFrom("type", "rope_type"),
      fc.constantFrom("rope_scaling", "rope_parameters"),
      fc.integer({ min: 2, max: 64 }),
    )
    .map(([kind, name, field, factor]) => ({
      fields: { [field]: { [name]: kind, factor } },
      outcome: { refused: kind },
    })),
  fc
    .tuple(
      fc.integer({ min: 1, max: 64 }),
      fc.constantFrom("type", "rope_type"),
      fc.constantFrom("rope_scaling", "rope_parameters"),
    )
    .map(([factor, name, field]) => ({
      fields: {
        [field]: {
          [name]: "llama3",
          factor,
          low_freq_factor: 1,
          high_freq_factor: 4,
          original_max_position_embeddings: 16,
        },
      },
      outcome: {
        read: { ropeScaling: { factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 16 } },
      },
    })),
  fc
    .constantFrom("sliding_attention", "chunked_attention", "linear_attention")
    .map((kind) => ({ fields: { layer_types: ["full_attention", kind] }, outcome: { refused: kind } })),
);

/** Changes of a config.json: one that would alter what is computed must be honoured or refused by name, others change nothing. */
export const modelConfigs: FuzzKind = plainKind(
  "config-json",
  fc.sample(fc.tuple(fc.constantFrom(...bases), change), { seed: 1, numRuns: inputs }).map(
    ([base, one]): FuzzCase =>
      () =>
        tryChange(base, one),
  ),
);

function tryChange(base: Json, { fields, outcome }: Change): string | null {
  const source = "config.json";
  const told = `${String(base["model_type"])} with ${JSON.stringify(fields)}`;
  let read: ModelConfig;
  try {
    read = parseModelConfig({ ...base, ...fields }, source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!message.startsWith(source)) throw error;
    if ("refused" in outcome)
      return message.includes(outcome.refused)
        ? null
        : `${told}: refused without naming ${outcome.refused}: ${message}`;
    return `${told}: refused, though it changes nothing: ${message}`;
  }
  if ("refused" in outcome) return `${told}: accepted`;
  const expected = { ...parseModelConfig(base, source), ...outcome.read };
  return JSON.stringify(read) === JSON.stringify(expected) ? null : `${told}: read as ${JSON.stringify(read)}`;
}
