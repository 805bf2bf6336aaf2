import { z } from "zod";

/** Llama 3.1's change of the rotary frequencies for long contexts. */
const Llama3Scaling = z.object({
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.number().int().positive(),
});

/** The rotary settings, under the names of transformers before 5 (rope_scaling) and since (rope_parameters). */
const RopeFields = Llama3Scaling.partial().extend({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
});

/** Model types (config.json) whose block this engine computes. */
export const supportedModelTypes = ["llama", "qwen2", "qwen3"] as const;

/** What is read of a Hugging Face config.json; other fields are kept as they are when a model is saved. */
const HuggingFaceConfig = z.looseObject({
  model_type: z.string(),
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().optional(),
  head_dim: z.number().int().positive().nullish(),
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: z.number().int().positive(),
  hidden_act: z.literal("silu"),
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().optional(),
  mlp_bias: z.boolean().optional(),
  use_sliding_window: z.boolean().optional(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: RopeFields.nullish(),
  rope_parameters: RopeFields.nullish(),
  eos_token_id: z.union([z.number().int(), z.array(z.number().int()).min(1)]).nullish(),
});

export interface RopeScaling {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalPositions: number;
}

/** Shape of a decoder-only transformer of the Llama and Qwen families. */
export interface ModelConfig {
  readonly modelType: (typeof supportedModelTypes)[number];
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly normEpsilon: number;
  readonly maximumPositions: number;
  readonly tiedEmbeddings: boolean;
  /** Biases of the query, key and value projections. */
  readonly queryKeyValueBias: boolean;
  readonly outputBias: boolean;
  readonly feedForwardBias: boolean;
  /** Norms of each head's query and key (Qwen3). */
  readonly queryKeyNorms: boolean;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
}

/** Reads config.json's contents. Throws when a field is missing or wrong, or the architecture is not supported. */
export function parseModelConfig(contents: unknown, source: string): ModelConfig {
  const modelType = modelTypeOf(contents, source);
  const parsed = HuggingFaceConfig.safeParse(contents);
  if (!parsed.success) throw new Error(`${source}: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  if (config.use_sliding_window === true) throw new Error(`${source}: use_sliding_window is not supported; set it to false if the context fits`);
  const rope = { ...config.rope_scaling, ...config.rope_parameters };
  const result: ModelConfig = {
    modelType,
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    feedForwardSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyValueHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headSize: config.head_dim ?? config.hidden_size / config.num_attention_heads,
    normEpsilon: config.rms_norm_eps,
    maximumPositions: config.max_position_embeddings,
    tiedEmbeddings: config.tie_word_embeddings ?? false,
    queryKeyValueBias: modelType === "qwen2" || config.attention_bias === true,
    outputBias: modelType !== "qwen2" && config.attention_bias === true,
    feedForwardBias: config.mlp_bias === true,
    queryKeyNorms: modelType === "qwen3",
    ropeTheta: rope.rope_theta ?? config.rope_theta ?? 10_000,
    ropeScaling: parseRopeScaling(rope, source),
  };
  checkShape(result, source);
  return result;
}

function modelTypeOf(contents: unknown, source: string): ModelConfig["modelType"] {
  const type = z.object({ model_type: z.string() }).safeParse(contents);
  const found = type.success ? type.data.model_type : "no model_type";
  const supported = supportedModelTypes.find((name) => name === found);
  if (supported === undefined) throw new Error(`${source}: architecture "${found}" is not supported; supported are ${supportedModelTypes.join(", ")}`);
  return supported;
}

function parseRopeScaling(rope: z.infer<typeof RopeFields>, source: string): RopeScaling | null {
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type === "default") return null;
  if (type !== "llama3") throw new Error(`${source}: rope scaling "${type}" is not supported; supported are default, llama3`);
  const scaling = Llama3Scaling.safeParse(rope);
  if (!scaling.success) throw new Error(`${source}: rope scaling: ${z.prettifyError(scaling.error)}`);
  return {
    factor: scaling.data.factor,
    lowFrequencyFactor: scaling.data.low_freq_factor,
    highFrequencyFactor: scaling.data.high_freq_factor,
    originalPositions: scaling.data.original_max_position_embeddings,
  };
}

function checkShape(config: ModelConfig, source: string): void {
  if (!Number.isInteger(config.headSize) || config.headSize % 2 !== 0) throw new Error(`${source}: the size of a head (${config.headSize}) must be an even integer`);
  if (config.heads % config.keyValueHeads !== 0) {
    throw new Error(`${source}: num_attention_heads (${config.heads}) must be a multiple of num_key_value_heads (${config.keyValueHeads})`);
  }
}
