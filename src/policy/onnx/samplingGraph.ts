import type { Dimension, Value } from "./graph.ts";
import { Graph, MICROSOFT } from "./graph.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { adapterNames } from "./lora.ts";
import type { ModelLayout } from "./lora.ts";
import { embeddingName, finalNormName, headName } from "./parameters.ts";

/**
 * What a step does with the cache of earlier keys and values:
 * "none" starts sequences, "all" goes on with every row of it, "some" with the rows named by the input `rows`.
 */
export type CacheUse = "none" | "all" | "some";

/** Matrices that lie next to each other in the flat array and are read as one. */
export const fusedWeights = {
  queryKeyValue: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  gateUp: ["mlp.gate_proj", "mlp.up_proj"],
} as const;

/**
 * One step of generation without gradients. Sizes: B sequences, C new tokens each, Q = B · C, T cached positions, A cache rows,
 * U = T + C, R = C · heads ÷ key-value heads.
 * Inputs: tokens [Q], positions [B, C], last [B] (row of each sequence's last token), inverseTemperature [B, 1], cosine, sine,
 * mask, weights; with a cache keys:i, values:i [A, kv, T, size] and mask [B, 1, C, U], else mask [C, C].
 * Outputs: probabilities [B, V] after each last token; states [B, kv, 2 · layers · C, size]: new keys and values, layer by layer.
 */
export function buildSamplingGraph(config: ModelConfig, layout: ModelLayout, cache: CacheUse): Graph {
  const graph = new Graph();
  const block = new SamplingBlocks(graph, config, layout, cache);
  const weight = block.weight;
  const tokens = graph.input("tokens", ["Q"], "int64");
  let residual = graph.node("Gather", [weight(embeddingName, [config.vocabularySize, config.hiddenSize]), tokens], ["Q", config.hiddenSize], { type: "float32" });
  let normalised = block.norm(residual, "model.layers.0.input_layernorm.weight");
  const states: Value[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const attended = block.attention(normalised, layer, states);
    const middle = block.addAndNorm(attended, residual, `model.layers.${layer}.post_attention_layernorm.weight`);
    const transformed = block.feedForward(middle.normalised, layer);
    const next = layer + 1 < config.layers ? `model.layers.${layer + 1}.input_layernorm.weight` : finalNormName;
    ({ normalised, sum: residual } = block.addAndNorm(transformed, middle.sum, next));
  }
  const wanted = graph.node("Gather", [normalised, graph.input("last", ["B"], "int64")], ["B", config.hiddenSize], { type: "float32" });
  const head = weight(config.tiedEmbeddings ? embeddingName : headName, [config.vocabularySize, config.hiddenSize]);
  const logits = block.linear(wanted, head, null);
  const scaled = graph.node("Mul", [logits, graph.input("inverseTemperature", ["B", 1])], logits.dims);
  graph.output(graph.node("Softmax", [scaled], logits.dims, { attributes: { axis: { integer: -1 } } }), "probabilities");
  graph.output(block.concatenate(states, 2, ["B", config.keyValueHeads, "2LC", config.headSize]), "states");
  return graph;
}

/** The parts of a layer, as nodes of one graph. */
class SamplingBlocks {
  readonly #graph: Graph;
  readonly #config: ModelConfig;
  readonly #layout: ModelLayout;
  readonly #cache: CacheUse;
  readonly #weights = new Map<string, Value>();
  readonly #positions: Value;
  readonly #cosine: Value;
  readonly #sine: Value;
  readonly #mask: Value;
  readonly #rows: Value | null;

  constructor(graph: Graph, config: ModelConfig, layout: ModelLayout, cache: CacheUse) {
    this.#graph = graph;
    this.#layout = layout;
    this.#config = config;
    this.#cache = cache;
    this.#positions = graph.input("positions", ["B", "C"], "int64");
    this.#cosine = graph.input("cosine", ["P", config.headSize / 2]);
    this.#sine = graph.input("sine", ["P", config.headSize / 2]);
    this.#mask = cache === "none" ? graph.input("mask", ["C", "C"]) : graph.input("mask", ["B", 1, "C", "U"]);
    this.#rows = cache === "some" ? graph.input("rows", ["B"], "int64") : null;
  }

  readonly weight = (name: string, dims: readonly Dimension[]): Value => {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const value = this.#graph.input(name, dims);
    this.#weights.set(name, value);
    return value;
  };

  linear(x: Value, weight: Value, bias: Value | null): Value {
    const operands = bias === null ? [x, weight] : [x, weight, bias];
    return this.#graph.node("Gemm", operands, [x.dims[0] as Dimension, weight.dims[0] as Dimension], { attributes: { transB: { integer: 1 } } });
  }

  /** Adds the adapters' part to projections of x that were computed as one; `parts` are their names and widths in order. */
  adapt(projected: Value, x: Value, layer: number, parts: readonly (readonly [string, number])[]): Value {
    const graph = this.#graph;
    const adapters = parts.map(([name]) => {
      const { a, b } = adapterNames(`model.layers.${layer}.${name}`);
      const find = (wanted: string): Value | null => {
        const parameter = this.#layout.trained.find((candidate) => candidate.name === wanted);
        return parameter === undefined ? null : this.weight(wanted, parameter.dims);
      };
      return { a: find(a), b: find(b) };
    });
    if (adapters.every(({ a }) => a === null)) return projected;
    const deltas = adapters.map(({ a, b }, i) => {
      const dims = ["Q", parts[i]?.[1] ?? 0];
      if (a === null || b === null) return graph.node("Expand", [graph.scalar(0), graph.shape(dims)], dims);
      const narrow = this.linear(x, a, null);
      return this.linear(graph.node("Mul", [narrow, graph.scalar(this.#layout.adapterScale)], narrow.dims), b, null);
    });
    const delta = deltas.length === 1 ? (deltas[0] as Value) : this.concatenate(deltas, 1, projected.dims);
    return graph.node("Add", [projected, delta], projected.dims);
  }

  norm(x: Value, name: string): Value {
    const size = x.dims.at(-1) as Dimension;
    return this.#graph.node("SimplifiedLayerNormalization", [x, this.weight(name, [size])], x.dims, {
      attributes: { axis: { integer: -1 }, epsilon: { float: this.#config.normEpsilon }, stash_type: { integer: 1 } },
    });
  }

  /** x + residual, and its norm. */
  addAndNorm(x: Value, residual: Value, name: string): { normalised: Value; sum: Value } {
    const weight = this.weight(name, [this.#config.hiddenSize]);
    const statistics = ["Q", 1];
    const outputs = this.#graph.nodeWithOutputs("SkipSimplifiedLayerNormalization", [x, residual, weight], [x.dims, statistics, statistics, x.dims], {
      domain: MICROSOFT,
      attributes: { epsilon: { float: this.#config.normEpsilon } },
    });
    return { normalised: outputs[0] as Value, sum: outputs[3] as Value };
  }

  concatenate(values: readonly Value[], axis: number, dims: readonly Dimension[]): Value {
    return this.#graph.node("Concat", values, dims, { attributes: { axis: { integer: axis } } });
  }

  /** Attention with its output projection; appends the layer's new keys and values to `states`. */
  attention(x: Value, layer: number, states: Value[]): Value {
    const { heads, headSize, hiddenSize, outputBias } = this.#config;
    const { query, key, value } = this.#queryKeyValue(x, layer);
    states.push(key, value);
    const attended = this.#cache === "none" ? this.#attendToNew(query, key, value) : this.#attendToCache(query, key, value, layer);
    const merged = this.#graph.reshape(this.#graph.transpose(attended, [0, 2, 1, 3]), ["Q", heads * headSize]);
    const named = `model.layers.${layer}.self_attn.o_proj`;
    const bias = outputBias ? this.weight(`${named}.bias`, [hiddenSize]) : null;
    const projected = this.linear(merged, this.weight(`${named}.weight`, [hiddenSize, heads * headSize]), bias);
    return this.adapt(projected, merged, layer, [["self_attn.o_proj", hiddenSize]]);
  }

  feedForward(x: Value, layer: number): Value {
    const { feedForwardSize, hiddenSize, feedForwardBias } = this.#config;
    const name = `model.layers.${layer}.`;
    const bias = (part: string, size: number): Value | null => (feedForwardBias ? this.weight(`${name}${part}.bias`, [size]) : null);
    const plain = this.linear(x, this.weight(`${name}gateUp.weight`, [2 * feedForwardSize, hiddenSize]), bias("gateUp", 2 * feedForwardSize));
    const both = this.adapt(plain, x, layer, fusedWeights.gateUp.map((part) => [part, feedForwardSize]));
    const [gate, up] = this.#split(both, [feedForwardSize, feedForwardSize], 1) as [Value, Value];
    // With factor 1 this is silu.
    const silu = this.#graph.node("QuickGelu", [gate], gate.dims, { domain: MICROSOFT, attributes: { alpha: { float: 1 } } });
    const product = this.#graph.node("Mul", [silu, up], gate.dims);
    const projected = this.linear(product, this.weight(`${name}mlp.down_proj.weight`, [hiddenSize, feedForwardSize]), bias("mlp.down_proj", hiddenSize));
    return this.adapt(projected, product, layer, [["mlp.down_proj", hiddenSize]]);
  }

  /** Query [B, heads, C, size]; key and value [B, kv, C, size]; positions applied. */
  #queryKeyValue(x: Value, layer: number): { query: Value; key: Value; value: Value } {
    const { heads, keyValueHeads, headSize, hiddenSize, queryKeyValueBias, queryKeyNorms } = this.#config;
    const name = `model.layers.${layer}.`;
    const all = heads + 2 * keyValueHeads;
    const bias = queryKeyValueBias ? this.weight(`${name}queryKeyValue.bias`, [all * headSize]) : null;
    const plain = this.linear(x, this.weight(`${name}queryKeyValue.weight`, [all * headSize, hiddenSize]), bias);
    const widths = [heads, keyValueHeads, keyValueHeads].map((count) => count * headSize);
    const projected = this.adapt(plain, x, layer, fusedWeights.queryKeyValue.map((part, i) => [part, widths[i] ?? 0]));
    const headed = this.#graph.transpose(this.#graph.reshape(projected, ["B", "C", all, headSize]), [0, 2, 1, 3]);
    if (!queryKeyNorms) {
      const [both, value] = this.#split(headed, [heads + keyValueHeads, keyValueHeads], 1) as [Value, Value];
      const [query, key] = this.#split(this.#rotate(both), [heads, keyValueHeads], 1) as [Value, Value];
      return { query, key, value };
    }
    const [query, key, value] = this.#split(headed, [heads, keyValueHeads, keyValueHeads], 1) as [Value, Value, Value];
    return {
      query: this.#rotate(this.norm(query, `${name}self_attn.q_norm.weight`)),
      key: this.#rotate(this.norm(key, `${name}self_attn.k_norm.weight`)),
      value,
    };
  }

  #rotate(x: Value): Value {
    return this.#graph.node("RotaryEmbedding", [x, this.#positions, this.#cosine, this.#sine], x.dims, { domain: MICROSOFT });
  }

  #attendToNew(query: Value, key: Value, value: Value): Value {
    const scores = this.#product(this.#group(query), key, { scaled: true, transposed: true, columns: "C" });
    return this.#ungroup(this.#product(this.#shares(scores, "C"), value, { columns: this.#config.headSize }));
  }

  /** Scores of cached and new positions are softmaxed together; the cache itself is never copied. */
  #attendToCache(query: Value, key: Value, value: Value, layer: number): Value {
    const { headSize } = this.#config;
    const cachedKeys = this.#cached(`keys:${layer}`);
    const cachedValues = this.#cached(`values:${layer}`);
    const grouped = this.#group(query);
    const old = this.#product(grouped, cachedKeys, { scaled: true, transposed: true, columns: "T" });
    const fresh = this.#product(grouped, key, { scaled: true, transposed: true, columns: "C" });
    const shares = this.#shares(this.concatenate([old, fresh], 3, [...old.dims.slice(0, 3), "U"]), "U");
    const [oldShares, freshShares] = this.#split(shares, ["T", "C"], 3) as [Value, Value];
    const fromCache = this.#product(oldShares, cachedValues, { columns: headSize });
    const fromNew = this.#product(freshShares, value, { columns: headSize });
    return this.#ungroup(this.#graph.node("Add", [fromCache, fromNew], fromCache.dims));
  }

  #cached(name: string): Value {
    const { keyValueHeads, headSize } = this.#config;
    const all = this.#graph.input(name, [this.#rows === null ? "B" : "A", keyValueHeads, "T", headSize]);
    return this.#rows === null ? all : this.#graph.node("Gather", [all, this.#rows], ["B", keyValueHeads, "T", headSize], { type: "float32" });
  }

  /** Heads that share a key and value become rows: [B, heads, C, size] → [B, kv, R, size]. */
  #group(query: Value): Value {
    const { heads, keyValueHeads, headSize } = this.#config;
    return heads === keyValueHeads ? query : this.#graph.reshape(query, ["B", keyValueHeads, "R", headSize]);
  }

  #ungroup(value: Value): Value {
    const { heads, keyValueHeads, headSize } = this.#config;
    return heads === keyValueHeads ? value : this.#graph.reshape(value, ["B", heads, "C", headSize]);
  }

  #shares(scores: Value, columns: Dimension): Value {
    const { heads, keyValueHeads } = this.#config;
    const perHead = heads === keyValueHeads ? scores : this.#graph.reshape(scores, ["B", heads, "C", columns]);
    const masked = this.#graph.node("Add", [perHead, this.#mask], perHead.dims);
    const shares = this.#graph.node("Softmax", [masked], masked.dims, { attributes: { axis: { integer: -1 } } });
    return heads === keyValueHeads ? shares : this.#graph.reshape(shares, scores.dims);
  }

  #product(a: Value, b: Value, options: { scaled?: boolean; transposed?: boolean; columns: Dimension }): Value {
    const alpha = options.scaled === true ? 1 / Math.sqrt(this.#config.headSize) : 1;
    return this.#graph.node("FusedMatMul", [a, b], [...a.dims.slice(0, 3), options.columns], {
      domain: MICROSOFT,
      attributes: { transB: { integer: options.transposed === true ? 1 : 0 }, alpha: { float: alpha } },
    });
  }

  #split(value: Value, sizes: readonly Dimension[], axis: number): Value[] {
    const dims = sizes.map((size) => value.dims.map((old, i) => (i === axis ? size : old)));
    return this.#graph.nodeWithOutputs("Split", [value, this.#graph.shape(sizes)], dims, { attributes: { axis: { integer: axis } } });
  }
}
