import { z } from "zod";
import { refuseUnknownFields } from "./configFields.ts";
import { splitGemma3 } from "./gemma3Config.ts";
import type { GemmaSettings } from "./gemma3Config.ts";
import { parseRope, ropeFields } from "./ropeConfig.ts";
import type { RopeScaling } from "./ropeConfig.ts";

/** Model types (config.json) whose block this engine computes, each with the architecture that has a language model's head. */
const architectures = {
  gemma3_text: "Gemma3ForCausalLM",
  llama: "LlamaForCausalLM",
  mistral: "MistralForCausalLM",
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
} as const;
type ModelType = keyof typeof architectures;
export const supportedModelTypes = Object.keys(architectures) as ModelType[];

const tokenId = z.number().int().min(0);

/** What is read of a Hugging Face config.json. Every other field is refused, unless it is known to change nothing (configFields.ts). */
const fields = {
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().nullish(),
  head_dim: z.number().int().positive().nullish(),
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: z.number().int().positive(),
  // "swish" is transformers' other name of it.
  hidden_act: z.enum(["silu", "swish"]),
  tie_word_embeddings: z.boolean().nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: z.number().int().positive().nullish(),
  layer_types: z.array(z.string()).nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId).min(1)]).nullish(),
  ...ropeFields,
};
const HuggingFaceConfig = z.looseObject(fields);
type HuggingFaceConfig = z.infer<typeof HuggingFaceConfig>;

/** Shape of a decoder-only transformer of the Llama, Mistral and Qwen families. */
export interface ModelConfig {
  readonly modelType: ModelType;
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
  /** Null for all families but Gemma 3. */
  readonly gemma: GemmaSettings | null;
}

/** The factor of query · key: sampling and training must agree on it. */
export function queryScaleOf({ gemma, headSize }: Pick<ModelConfig, "gemma" | "headSize">): number {
  return gemma?.queryScale ?? 1 / Math.sqrt(headSize);
}

/** Reads config.json's contents. Throws when a field is missing, wrong or would not be honoured, or the architecture is not supported. */
export function parseModelConfig(contents: unknown, source: string): ModelConfig {
  const modelType = modelTypeOf(contents, source);
  const split = modelType === "gemma3_text" ? splitGemma3(contents, source) : null;
  const parsed = HuggingFaceConfig.safeParse(split?.shared ?? contents);
  if (!parsed.success) throw new Error(`${source}: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  refuseUnknownFields(config, new Set(Object.keys(fields)), source);
  checkArchitecture(config, modelType, source);
  checkLayers(config, modelType, source);
  const rope = parseRope(config, source);
  const hasBiases = modelType === "llama" || modelType === "qwen3";
  const result: ModelConfig = {
    modelType,
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    feedForwardSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyValueHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headSize: headSizeOf(config, modelType, source),
    normEpsilon: config.rms_norm_eps,
    maximumPositions: positionsOf(config, modelType),
    tiedEmbeddings: config.tie_word_embeddings ?? false,
    queryKeyValueBias: modelType === "qwen2" || (hasBiases && config.attention_bias === true),
    outputBias: hasBiases && config.attention_bias === true,
    feedForwardBias: modelType === "llama" && config.mlp_bias === true,
    queryKeyNorms: modelType === "qwen3" || modelType === "gemma3_text",
    ropeTheta: rope.theta,
    ropeScaling: rope.scaling,
    gemma: split?.gemma ?? null,
  };
  checkShape(result, source);
  return result;
}

/** Mistral's attention reaches `sliding_window` tokens back: a context that is no longer sees all of itself. Null is no window, a missing one 4,096. */
function positionsOf(
  { sliding_window: window, max_position_embeddings: positions }: HuggingFaceConfig,
  modelType: ModelType,
): number {
  if (modelType !== "mistral" || window === null) return positions;
  return Math.min(positions, window ?? customaryMistralWindow);
}
const customaryMistralWindow = 4096;

/** What Qwen3 means by a missing head_dim, whatever its other sizes. */
const customaryQwen3HeadSize = 128;

function headSizeOf(
  { head_dim: given, hidden_size: hiddenSize, num_attention_heads: heads }: HuggingFaceConfig,
  modelType: ModelType,
  source: string,
): number {
  if (modelType !== "qwen3") return given ?? hiddenSize / heads;
  if (given === null) throw new Error(`${source}: head_dim is null, which has no meaning for qwen3; give a number`);
  return given ?? customaryQwen3HeadSize;
}

const textPartOfGemma = "it reads images too; save its text part alone, as docs/decisions/embedded-engine.md shows";

function modelTypeOf(contents: unknown, source: string): ModelType {
  const type = z.object({ model_type: z.string() }).safeParse(contents);
  const found = type.success ? type.data.model_type : "no model_type";
  const supported = supportedModelTypes.find((name) => name === found);
  if (supported === undefined) {
    const advice = found === "gemma3" ? textPartOfGemma : `supported are ${supportedModelTypes.join(", ")}`;
    throw new Error(`${source}: architecture "${found}" is not supported; ${advice}`);
  }
  return supported;
}

/** A classifier or reward model has the same block, and no head to write with. */
function checkArchitecture({ architectures: named }: HuggingFaceConfig, modelType: ModelType, source: string): void {
  const other = named?.find((name) => name !== architectures[modelType]);
  if (other !== undefined)
    throw new Error(
      `${source}: architectures names ${other}; of ${modelType} models only ${architectures[modelType]} is supported`,
    );
}

function checkLayers(config: HuggingFaceConfig, modelType: ModelType, source: string): void {
  const sliding =
    config.use_sliding_window === true || (modelType === "llama" && (config.sliding_window ?? null) !== null);
  if (sliding)
    throw new Error(
      `${source}: ${config.use_sliding_window === true ? "use_sliding_window" : "sliding_window"} is not supported: every layer's attention sees the whole context`,
    );
  if (modelType === "mistral" && config.attention_bias === true)
    throw new Error(`${source}: attention_bias is not supported: Mistral models have no biases`);
  const kinds = config.layer_types ?? [];
  const other = kinds.find((kind) => kind !== "full_attention");
  if (other !== undefined) throw new Error(`${source}: layer_types names "${other}"; only full_attention is supported`);
  if (kinds.length !== 0 && kinds.length !== config.num_hidden_layers)
    throw new Error(
      `${source}: layer_types lists ${kinds.length} layers, num_hidden_layers is ${config.num_hidden_layers}`,
    );
  // Families differ in what they mean by a missing number.
  if (modelType !== "llama" && config.num_key_value_heads === undefined)
    throw new Error(`${source}: num_key_value_heads is missing`);
}

function checkShape(config: ModelConfig, source: string): void {
  if (!Number.isInteger(config.headSize) || config.headSize % 2 !== 0)
    throw new Error(`${source}: the size of a head (${config.headSize}) must be an even integer`);
  if (config.heads % config.keyValueHeads !== 0) {
    throw new Error(
      `${source}: num_attention_heads (${config.heads}) must be a multiple of num_key_value_heads (${config.keyValueHeads})`,
    );
  }
}
