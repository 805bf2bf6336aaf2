import { describe, expect, test } from "vitest";
import { parseModelConfig } from "../../../src/engines/onnx/model/modelConfig.ts";

const shape = {
  vocab_size: 96,
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 64,
  hidden_act: "silu",
};
const llama = { model_type: "llama", ...shape };
const qwen3 = { model_type: "qwen3", ...shape };
const { hidden_act: _, ...ofGemma } = shape;
/** As Google publishes the smallest; the larger ones scale their global layers. */
const gemma3 = {
  model_type: "gemma3_text",
  ...ofGemma,
  architectures: ["Gemma3ForCausalLM"],
  attention_bias: false,
  attn_logit_softcapping: null,
  cache_implementation: "hybrid",
  eos_token_id: [1, 106],
  final_logit_softcapping: null,
  head_dim: 8,
  hidden_activation: "gelu_pytorch_tanh",
  num_hidden_layers: 6,
  query_pre_attn_scalar: 16,
  rope_local_base_freq: 10_000,
  rope_scaling: null,
  rope_theta: 1_000_000,
  sliding_window: 32,
  sliding_window_pattern: 3,
};
const parse = (config: object): ReturnType<typeof parseModelConfig> => parseModelConfig(config, "config.json");
const llama3 = { factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 };

/** The fields of config.json as these families publish them, at a small size. */
const published = {
  "Llama 3.2": {
    ...llama,
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    attention_dropout: 0,
    bos_token_id: 1,
    eos_token_id: [2, 3],
    head_dim: 6,
    initializer_range: 0.02,
    mlp_bias: false,
    pretraining_tp: 1,
    rope_scaling: { ...llama3, rope_type: "llama3" },
    rope_theta: 500_000,
    tie_word_embeddings: true,
    torch_dtype: "bfloat16",
    transformers_version: "4.45.0",
    use_cache: true,
  },
  TinyLlama: {
    ...llama,
    architectures: ["LlamaForCausalLM"],
    bos_token_id: 1,
    eos_token_id: 2,
    pretraining_tp: 1,
    rope_scaling: null,
    tie_word_embeddings: false,
    torch_dtype: "float32",
    use_cache: true,
  },
  SmolLM2: {
    ...llama,
    architectures: ["LlamaForCausalLM"],
    _name_or_path: "x",
    is_llama_config: true,
    rope_interleaved: false,
    rope_theta: 100_000,
    "transformers.js_config": { dtype: "q4" },
    pad_token_id: 2,
  },
  "Qwen2.5": {
    ...qwen3,
    model_type: "qwen2",
    architectures: ["Qwen2ForCausalLM"],
    max_window_layers: 2,
    sliding_window: 64,
    use_sliding_window: false,
    rope_theta: 1_000_000,
    attention_dropout: 0,
  },
  Qwen3: {
    ...qwen3,
    architectures: ["Qwen3ForCausalLM"],
    attention_bias: false,
    head_dim: 8,
    max_window_layers: 2,
    sliding_window: null,
    use_sliding_window: false,
    rope_scaling: null,
    rope_theta: 1_000_000,
  },
  "transformers 5": {
    ...qwen3,
    architectures: ["Qwen3ForCausalLM"],
    dtype: "float32",
    layer_types: ["full_attention", "full_attention"],
    rope_parameters: { rope_theta: 1_000_000, rope_type: "default" },
  },
};

describe("a config.json", () => {
  test.each(Object.entries(published))("as %s publishes it is read", (_name, config) => {
    expect(parse(config)).toMatchObject({
      layers: 2,
      ropeTheta: { "Llama 3.2": 500_000, TinyLlama: 10_000, SmolLM2: 100_000 }[_name] ?? 1_000_000,
    });
  });

  test.each([
    [llama, 6],
    [{ ...qwen3, model_type: "qwen2" }, 6],
    [qwen3, 128],
    [{ ...qwen3, head_dim: 10 }, 10],
    [{ ...llama, head_dim: null }, 6],
  ])("without a size of heads is read as its family means it: %j", (config, headSize) => {
    expect(parse(config).headSize).toBe(headSize);
  });

  test("that leaves the size of heads open where its family does not is refused", () => {
    expect(() => parse({ ...qwen3, head_dim: null })).toThrow("head_dim is null");
  });

  test.each(["rms_norm_eps", "hidden_act", "max_position_embeddings", "vocab_size", "intermediate_size"])(
    "without %s is refused by the field's name",
    (field) => {
      expect(() => parse({ ...llama, [field]: undefined })).toThrow(field);
    },
  );

  test.each([
    { rope_parameters: { full_attention: { rope_type: "llama3", rope_theta: 5e5, ...llama3 } } },
    { rope_parameters: { rope_type: "llama3", rope_theta: 5e5, ...llama3 } },
    { rope_theta: 5e5, rope_scaling: { type: "llama3", ...llama3 } },
    { rope_theta: 5e5, rope_scaling: { rope_type: "llama3", ...llama3 }, rope_parameters: { rope_theta: 5e5 } },
  ])("gives its rotary settings in each of the published ways: %j", (rope) => {
    expect(parse({ ...llama, ...rope })).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: { factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 16 },
    });
  });

  test.each([
    [
      { rope_parameters: { full_attention: { rope_theta: 1e6 }, sliding_attention: { rope_theta: 1e4 } } },
      /full_attention, sliding_attention/,
    ],
    [{ rope_parameters: { sliding_attention: { rope_theta: 1e4 } } }, /sliding_attention/],
    [{ rope_scaling: { rope_type: "dynamic", factor: 2 } }, /"dynamic" is not supported/],
    [{ rope_scaling: { type: "linear", factor: 2 } }, /"linear" is not supported/],
    [{ rope_scaling: { rope_type: "longrope", short_factor: [1], long_factor: [2] } }, /"longrope" is not supported/],
    [{ rope_scaling: { type: "llama3", rope_type: "default", ...llama3 } }, /contradict/],
    [{ rope_scaling: { rope_type: "default", factor: 8 } }, /factor/],
    [{ rope_scaling: { rope_type: "llama3", ...llama3, attention_factor: 2 } }, /attention_factor/],
    [{ rope_scaling: { rope_type: "llama3", ...llama3, high_freq_factor: 1 } }, /high_freq_factor/],
    [{ rope_scaling: { rope_type: "default", partial_rotary_factor: 0.25 } }, /partial_rotary_factor/],
    [{ rope_theta: 1e4, rope_parameters: { rope_theta: 1e6 } }, /rope_theta is 10000.*1000000/],
    [{ rope_scaling: { rope_type: "llama3", ...llama3 }, rope_parameters: { rope_type: "default" } }, /contradict/],
    [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor \(0\.5\)/],
    [{ rope_interleaved: true }, /rope_interleaved/],
    [{ original_max_position_embeddings: 32 }, /original_max_position_embeddings/],
    [{ sliding_window: 16 }, /sliding_window/],
    [{ layer_types: ["full_attention", "chunked_attention"] }, /chunked_attention/],
    [{ layer_types: ["full_attention"] }, /lists 1 layers/],
    [{ no_rope_layers: [1, 0] }, /no_rope_layers/],
    [{ quantization_config: { quant_method: "gptq" } }, /quantization_config/],
    [{ quantization: { group_size: 64, bits: 4 } }, /quantization/],
    [{ residual_multiplier: 0.22, logits_scaling: 8 }, /residual_multiplier \(0\.22\), logits_scaling \(8\)/],
    [{ final_logit_softcapping: 30 }, /final_logit_softcapping/],
    [{ num_local_experts: 8 }, /num_local_experts/],
    [{ attention_dropout: 0.1 }, /attention_dropout/],
    [{ suppress_tokens: [5] }, /suppress_tokens/],
    [{ auto_map: { AutoModelForCausalLM: "modeling.Own" } }, /auto_map/],
    [{ architectures: ["LlamaForSequenceClassification"] }, /LlamaForSequenceClassification/],
    [{ hidden_act: "gelu" }, /hidden_act/],
    [{ eos_token_id: -1 }, /eos_token_id/],
    [{ something_new: false }, /something_new \(false\)/],
  ])("with %j is refused by name", (change, message) => {
    expect(() => parse({ ...llama, ...change })).toThrow(message);
  });

  test.each([
    [{ sliding_window: 16 }, 16],
    [{ sliding_window: 4096 }, 64],
    [{ sliding_window: null, max_position_embeddings: 131_072 }, 131_072],
    [{ max_position_embeddings: 32_768 }, 4096],
  ])("of a Mistral model holds no longer context than its sliding window: %j", (window, positions) => {
    const mistral = { ...llama, model_type: "mistral", num_key_value_heads: 2, max_position_embeddings: 64 };
    expect(parse({ ...mistral, ...window })).toMatchObject({ maximumPositions: positions, outputBias: false });
    expect(() => parse({ ...mistral, ...window, attention_bias: true })).toThrow(/attention_bias/);
  });

  test("of a Qwen model with sliding layers, or without its number of key and value heads, is refused", () => {
    expect(() => parse({ ...qwen3, use_sliding_window: true })).toThrow(/use_sliding_window/);
    expect(() => parse({ ...qwen3, layer_types: ["sliding_attention", "full_attention"], sliding_window: 8 })).toThrow(
      /sliding_attention/,
    );
    expect(() => parse({ ...qwen3, num_key_value_heads: undefined })).toThrow(/num_key_value_heads/);
  });
});

describe("a config.json of Gemma 3", () => {
  const local = [true, true, false, true, true, false];
  const { rope_theta: _theta, rope_local_base_freq: _local, sliding_window_pattern: _pattern, ...bare } = gemma3;
  const kinds = local.map((is) => (is ? "sliding_attention" : "full_attention"));

  test.each([
    gemma3,
    { ...bare, sliding_window_pattern: null, _sliding_window_pattern: 3 },
    {
      ...bare,
      layer_types: kinds,
      rope_parameters: {
        full_attention: { rope_type: "default", rope_theta: 1e6 },
        sliding_attention: { rope_type: "default", rope_theta: 1e4 },
      },
    },
  ])("says in each of the published ways which layers are local: %j", (config) => {
    expect(parse(config)).toMatchObject({
      ropeTheta: 1e6,
      maximumPositions: 32,
      tiedEmbeddings: true,
      queryKeyNorms: true,
      gemma: { localLayers: local, localTheta: 1e4, globalFactor: 1, queryScale: 0.25 },
    });
  });

  test.each([
    { rope_scaling: { factor: 8, rope_type: "linear" } },
    { rope_scaling: undefined, rope_parameters: { full_attention: { rope_type: "linear", factor: 8 } } },
  ])("may scale its global layers: %j", (rope) => {
    expect(parse({ ...gemma3, ...rope }).gemma?.globalFactor).toBe(8);
  });

  test.each([
    [{ attn_logit_softcapping: 50 }, /attn_logit_softcapping/],
    [{ final_logit_softcapping: 30 }, /soft caps.*final_logit_softcapping/su],
    [{ hidden_activation: "silu" }, /hidden_activation/],
    [{ use_bidirectional_attention: true }, /use_bidirectional_attention/],
    [{ layer_types: ["full_attention"] }, /layer_types lists 1 layers/],
    [{ layer_types: ["chunked_attention", ...kinds.slice(1)] }, /layer_types/],
    [{ rope_scaling: { rope_type: "yarn", factor: 8 } }, /rope_scaling/],
    [{ rope_parameters: { sliding_attention: { rope_type: "linear", factor: 8 } } }, /sliding_attention/],
    [{ rope_parameters: { rope_type: "default" } }, /rope_parameters/],
    [{ rope_parameters: { full_attention: { rope_theta: 5 } } }, /rope_theta is both 1000000 and 5/],
    [{ query_pre_attn_scalar: undefined }, /query_pre_attn_scalar/],
    [{ altup_num_inputs: 4 }, /altup_num_inputs/],
  ])("is refused where it would not be honoured: %j", (change, message) => {
    expect(() => parse({ ...gemma3, ...change })).toThrow(message);
  });

  test("with an image tower is refused, with what to do", () => {
    const config = { model_type: "gemma3", architectures: ["Gemma3ForConditionalGeneration"], text_config: gemma3 };
    expect(() => parse({ ...config, vision_config: {} })).toThrow(/"gemma3".*images.*embedded-engine\.md/su);
  });
});
