const ofModel: Readonly<Record<string, string>> = {
  "token_embd.weight": "model.embed_tokens.weight",
  "output_norm.weight": "model.norm.weight",
  "output.weight": "lm_head.weight",
};

const ofLayer: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};

/** Rotary factors: settings, no weight of their own. */
export const ropeFactorsName = "rope_freqs.weight";

/** The name that Hugging Face gives a GGUF file's tensor; null for one that is not known. */
export function huggingFaceName(name: string): string | null {
  const whole = ofModel[name];
  if (whole !== undefined) return whole;
  const [, layer, part = "", kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const known = ofLayer[part];
  return known === undefined ? null : `model.layers.${layer}.${known}.${kind}`;
}

/**
 * Whether a tensor's rows lie in pairs: files of Llama models keep rows i and i + headSize / 2 of each head of queries and keys next to each
 * other, since GGML turns neighbours.
 */
export function rowsInPairs(architecture: string, name: string): boolean {
  return architecture === "llama" && /\.attn_[qk]\.(weight|bias)$/.test(name);
}
