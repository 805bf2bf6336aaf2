import type { ModelConfig } from "./modelConfig.ts";

/** One weight as a checkpoint names it, and where it lies in the flat array of all weights. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  /** In elements. */
  readonly offset: number;
  readonly size: number;
}

/** Names of a layer's weights, with query, key, value and gate, up next to each other so that each set is one matrix too. */
function layerShapes(config: ModelConfig, layer: number): [string, number[]][] {
  const { hiddenSize, headSize, feedForwardSize } = config;
  const queryWidth = config.heads * headSize;
  const keyWidth = config.keyValueHeads * headSize;
  const name = (rest: string): string => `model.layers.${layer}.${rest}`;
  const optional = (wanted: boolean, rest: string, size: number): [string, number[]][] =>
    wanted ? [[name(rest), [size]]] : [];
  return [
    [name("input_layernorm.weight"), [hiddenSize]],
    [name("self_attn.q_proj.weight"), [queryWidth, hiddenSize]],
    [name("self_attn.k_proj.weight"), [keyWidth, hiddenSize]],
    [name("self_attn.v_proj.weight"), [keyWidth, hiddenSize]],
    ...optional(config.queryKeyValueBias, "self_attn.q_proj.bias", queryWidth),
    ...optional(config.queryKeyValueBias, "self_attn.k_proj.bias", keyWidth),
    ...optional(config.queryKeyValueBias, "self_attn.v_proj.bias", keyWidth),
    ...optional(config.queryKeyNorms, "self_attn.q_norm.weight", headSize),
    ...optional(config.queryKeyNorms, "self_attn.k_norm.weight", headSize),
    [name("self_attn.o_proj.weight"), [hiddenSize, queryWidth]],
    ...optional(config.outputBias, "self_attn.o_proj.bias", hiddenSize),
    [name("post_attention_layernorm.weight"), [hiddenSize]],
    ...optional(config.gemma !== null, "pre_feedforward_layernorm.weight", hiddenSize),
    ...optional(config.gemma !== null, "post_feedforward_layernorm.weight", hiddenSize),
    [name("mlp.gate_proj.weight"), [feedForwardSize, hiddenSize]],
    [name("mlp.up_proj.weight"), [feedForwardSize, hiddenSize]],
    ...optional(config.feedForwardBias, "mlp.gate_proj.bias", feedForwardSize),
    ...optional(config.feedForwardBias, "mlp.up_proj.bias", feedForwardSize),
    [name("mlp.down_proj.weight"), [hiddenSize, feedForwardSize]],
    ...optional(config.feedForwardBias, "mlp.down_proj.bias", hiddenSize),
  ];
}

export const embeddingName = "model.embed_tokens.weight";
export const headName = "lm_head.weight";
export const finalNormName = "model.norm.weight";

/** Every weight of a model, in the order of the flat array. */
export function layOutParameters(config: ModelConfig): Parameter[] {
  const shapes: [string, number[]][] = [[embeddingName, [config.vocabularySize, config.hiddenSize]]];
  for (let layer = 0; layer < config.layers; layer++) shapes.push(...layerShapes(config, layer));
  shapes.push([finalNormName, [config.hiddenSize]]);
  if (!config.tiedEmbeddings) shapes.push([headName, [config.vocabularySize, config.hiddenSize]]);
  return placeParameters(shapes);
}

/** Puts weights one after another into a flat array. */
export function placeParameters(shapes: readonly (readonly [string, readonly number[]])[]): Parameter[] {
  let offset = 0;
  return shapes.map(([name, dims]) => {
    const size = dims.reduce((product, length) => product * length, 1);
    const parameter = { name, dims, offset, size };
    offset += size;
    return parameter;
  });
}

/** Number of weights. */
export function countParameters(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, parameter) => sum + parameter.size, 0);
}
