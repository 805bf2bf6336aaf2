import { z } from "zod";
import { recoverRopeScaling } from "./ropeFactors.ts";
import type { Gguf } from "./readGguf.ts";

const count = z.number().int().positive();

/** Settings of a model's shape, by their name behind "ARCHITECTURE.". Unknown ones are refused: they would change what is computed. */
const Shape = z.strictObject({
  block_count: count,
  context_length: count,
  embedding_length: count,
  feed_forward_length: count,
  vocab_size: count.optional(),
  "attention.head_count": count,
  "attention.head_count_kv": count.optional(),
  "attention.key_length": count.optional(),
  "attention.value_length": count.optional(),
  "attention.layer_norm_rms_epsilon": z.number().positive(),
  "rope.dimension_count": count.optional(),
  "rope.freq_base": z.number().positive().default(10_000),
  "rope.scaling.type": z.literal("none").optional(),
  expert_count: z.literal(0).optional(),
  expert_used_count: z.literal(0).optional(),
});

/** Architectures that are converted, with the class that transformers has for each. */
export const convertedArchitectures: Readonly<Record<string, string>> = {
  llama: "LlamaForCausalLM",
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
};

/** The vocabulary's part in config.json. */
export interface TokenIds {
  readonly vocabularySize: number;
  readonly beginning: number | null;
  readonly ends: readonly number[];
}

/** What config.json says of a GGUF file's model; `frequencyFactors` is the content of its rope_freqs.weight. Throws for what would be computed otherwise. */
export function configurationOf(
  { path, architecture, metadata, tensors }: Gguf,
  tokens: TokenIds,
  frequencyFactors: Float32Array | null,
): Record<string, unknown> {
  const className = convertedArchitectures[architecture];
  if (className === undefined)
    throw new Error(
      `${path}: architecture "${architecture}" is not supported in GGUF files; supported are ${Object.keys(convertedArchitectures).join(", ")}`,
    );
  const shape = readShape(path, architecture, metadata);
  const heads = shape["attention.head_count"];
  const headSize = shape["attention.key_length"] ?? shape.embedding_length / heads;
  for (const name of ["attention.value_length", "rope.dimension_count"] as const) {
    if ((shape[name] ?? headSize) !== headSize)
      throw new Error(
        `${path}: ${architecture}.${name} is ${shape[name]}, the size of a head ${headSize}; they must be equal`,
      );
  }
  const has = (name: string): boolean => tensors.some((tensor) => tensor.name === name);
  const scaling =
    frequencyFactors === null ? null : recoverRopeScaling(frequencyFactors, shape["rope.freq_base"], path);
  return {
    architectures: [className],
    model_type: architecture,
    vocab_size: tokens.vocabularySize,
    hidden_size: shape.embedding_length,
    intermediate_size: shape.feed_forward_length,
    num_hidden_layers: shape.block_count,
    num_attention_heads: heads,
    num_key_value_heads: shape["attention.head_count_kv"] ?? heads,
    head_dim: headSize,
    hidden_act: "silu",
    rms_norm_eps: shortest(shape["attention.layer_norm_rms_epsilon"]),
    max_position_embeddings: shape.context_length,
    tie_word_embeddings: !has("output.weight"),
    ...(architecture === "qwen2"
      ? {}
      : {
          attention_bias: has("blk.0.attn_q.bias"),
          ...(architecture === "llama" ? { mlp_bias: has("blk.0.ffn_gate.bias") } : {}),
        }),
    rope_theta: shortest(shape["rope.freq_base"]),
    ...(scaling === null ? {} : { rope_scaling: scaling }),
    ...(tokens.beginning === null ? {} : { bos_token_id: tokens.beginning }),
    eos_token_id: tokens.ends,
    torch_dtype: "float32",
  };
}

function readShape(path: string, architecture: string, metadata: Gguf["metadata"]): z.infer<typeof Shape> {
  const prefix = `${architecture}.`;
  const own = Object.entries(metadata).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), typeof value === "bigint" ? Number(value) : value]] : [],
  );
  const parsed = Shape.safeParse(Object.fromEntries(own));
  if (parsed.success) return parsed.data;
  throw new Error(`${path}: ${architecture} settings that are not supported: ${z.prettifyError(parsed.error)}`);
}

/** The shortest decimal that is the same float32: files keep 1e-5 as 0.0000099999997. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
