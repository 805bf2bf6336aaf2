import type { Dimension, Graph, Value } from "../../../onnx/graph.ts";
import { MICROSOFT } from "../../../onnx/graph.ts";
import { cacheWidth } from "./keyValueCache.ts";
import { queryScaleOf, type ModelConfig } from "../model/modelConfig.ts";
import type { SamplingLayers } from "./samplingLayers.ts";

/**
 * What a step does: "start" takes in the first tokens of sequences, "continue" takes several more, "decode" takes one more
 * and writes its keys and values into the cache.
 */
export type StepKind = "start" | "continue" | "decode";

/** Heads of a layer's new tokens: query [B, heads, C, W], key and value [B, kv, C, W]; positions applied. */
interface Heads {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** Attention of a sampling graph. */
export class SamplingAttention {
  /** New keys and values, layer by layer, of steps that do not write the cache themselves. */
  readonly states: Value[] = [];
  readonly #graph: Graph;
  readonly #config: ModelConfig;
  readonly #layers: SamplingLayers;
  readonly #kind: StepKind;
  readonly #width: number;
  readonly #positions: Value;
  readonly #cosine: Value;
  readonly #sine: Value;
  /** Rotary tables of Gemma's local layers; null in other models. */
  readonly #local: { readonly cosine: Value; readonly sine: Value } | null;
  /** Mask of the new tokens' attention to cached and new tokens. */
  readonly #mask: Value | null;
  /** Cached positions, and the largest of them + 1. */
  readonly #lengths: { readonly each: Value; readonly total: Value } | null;

  constructor(graph: Graph, config: ModelConfig, layers: SamplingLayers, kind: StepKind) {
    this.#graph = graph;
    this.#config = config;
    this.#layers = layers;
    this.#kind = kind;
    this.#width = cacheWidth(config);
    this.#positions = graph.input("positions", ["B", "C"], "int64");
    this.#cosine = graph.input("cosine", ["P", config.headSize / 2]);
    this.#sine = graph.input("sine", ["P", config.headSize / 2]);
    this.#local =
      config.gemma === null
        ? null
        : {
            cosine: graph.input("localCosine", ["P", config.headSize / 2]),
            sine: graph.input("localSine", ["P", config.headSize / 2]),
          };
    this.#mask = kind === "decode" ? null : graph.input("mask", kind === "start" ? ["C", "C"] : ["B", 1, "C", "U"]);
    this.#lengths =
      kind === "decode"
        ? { each: graph.input("lengths", ["B"], "int32"), total: graph.input("total", [1], "int32") }
        : null;
  }

  /** Attention with its output projection: x [Q, hidden] → [Q, hidden]. */
  attend(x: Value, layer: number): Value {
    const heads = this.#heads(x, layer);
    const attended = this.#lengths === null ? this.#together(heads, layer) : this.#decode(heads, layer, this.#lengths);
    return this.#layers.output(attended, layer);
  }

  #heads(x: Value, layer: number): Heads {
    const { heads, keyValueHeads, headSize, queryKeyNorms } = this.#config;
    const all = heads + 2 * keyValueHeads;
    const projected = this.#layers.queryKeyValue(x, layer);
    // A single token's heads lie in the right order as they are.
    const headed =
      this.#kind === "decode"
        ? this.#graph.reshape(projected, ["B", all, 1, headSize])
        : this.#graph.transpose(this.#graph.reshape(projected, ["B", "C", all, headSize]), [0, 2, 1, 3]);
    if (!queryKeyNorms) {
      const [both, value] = this.#layers.split(headed, [heads + keyValueHeads, keyValueHeads], 1) as [Value, Value];
      const [query, key] = this.#layers.split(this.#widen(this.#rotate(both, layer)), [heads, keyValueHeads], 1) as [
        Value,
        Value,
      ];
      return { query, key, value: this.#widen(value) };
    }
    const [query, key, value] = this.#layers.split(headed, [heads, keyValueHeads, keyValueHeads], 1) as [
      Value,
      Value,
      Value,
    ];
    const norm = (head: Value, name: string): Value =>
      this.#layers.norm(head, `model.layers.${layer}.self_attn.${name}.weight`);
    return {
      query: this.#widen(this.#rotate(norm(query, "q_norm"), layer)),
      key: this.#widen(this.#rotate(norm(key, "k_norm"), layer)),
      value: this.#widen(value),
    };
  }

  #rotate(x: Value, layer: number): Value {
    const local = this.#config.gemma?.localLayers[layer] === true ? this.#local : null;
    const tables = [local?.cosine ?? this.#cosine, local?.sine ?? this.#sine];
    return this.#graph.node("RotaryEmbedding", [x, this.#positions, ...tables], x.dims, { domain: MICROSOFT });
  }

  /** The factor of query · key. */
  get #scale(): number {
    return queryScaleOf(this.#config);
  }

  /** Attention of one token a sequence to its own positions of the cache, into which its key and value are written. */
  #decode({ query, key, value }: Heads, layer: number, lengths: { each: Value; total: Value }): Value {
    const { heads, keyValueHeads } = this.#config;
    const flat = (head: Value, count: number): Value => this.#graph.reshape(head, ["B", 1, count * this.#width]);
    const cached = ["B", keyValueHeads, "T", this.#width];
    const operands = [
      flat(query, heads),
      flat(key, keyValueHeads),
      flat(value, keyValueHeads),
      this.#graph.input(`keys:${layer}`, cached),
      this.#graph.input(`values:${layer}`, cached),
      lengths.each,
      lengths.total,
    ];
    const [attended, keys, values] = this.#graph.nodeWithOutputs(
      "GroupQueryAttention",
      operands,
      [["B", 1, heads * this.#width], cached, cached],
      {
        domain: MICROSOFT,
        attributes: {
          num_heads: { integer: heads },
          kv_num_heads: { integer: keyValueHeads },
          scale: { float: this.#scale },
        },
      },
    ) as [Value, Value, Value];
    this.#graph.output(keys, `newKeys:${layer}`);
    this.#graph.output(values, `newValues:${layer}`);
    return this.#merge(this.#graph.reshape(attended, ["B", 1, heads, this.#width]));
  }

  /** Attention of several tokens a sequence to cached and new ones. */
  #together({ query, key, value }: Heads, layer: number): Value {
    this.states.push(key, value);
    const keys = this.#behindCached("keys", key, layer);
    const values = this.#behindCached("values", value, layer);
    const { heads, keyValueHeads } = this.#config;
    const columns = keys.dims[2] as Dimension;
    // Heads that share a key and value become rows.
    const grouped =
      heads === keyValueHeads ? query : this.#graph.reshape(query, ["B", keyValueHeads, "R", this.#width]);
    const scores = this.#product(grouped, keys, { transB: { integer: 1 }, alpha: { float: this.#scale } }, columns);
    const perHead = heads === keyValueHeads ? scores : this.#graph.reshape(scores, ["B", heads, "C", columns]);
    const masked = this.#graph.node("Add", [perHead, this.#mask], perHead.dims);
    const shares = this.#graph.node("Softmax", [masked], masked.dims, { attributes: { axis: { integer: -1 } } });
    const regrouped = heads === keyValueHeads ? shares : this.#graph.reshape(shares, scores.dims);
    const attended = this.#product(regrouped, values, {}, this.#width);
    const ungrouped =
      heads === keyValueHeads ? attended : this.#graph.reshape(attended, ["B", heads, "C", this.#width]);
    return this.#merge(this.#graph.transpose(ungrouped, [0, 2, 1, 3]));
  }

  #behindCached(name: "keys" | "values", fresh: Value, layer: number): Value {
    if (this.#kind === "start") return fresh;
    const dims = (positions: string): Dimension[] => ["B", this.#config.keyValueHeads, positions, this.#width];
    const cached = this.#graph.input(`${name}:${layer}`, dims("T"));
    return this.#graph.node("Concat", [cached, fresh], dims("U"), { attributes: { axis: { integer: 2 } } });
  }

  #product(
    a: Value,
    b: Value,
    attributes: Record<string, { integer: number } | { float: number }>,
    columns: Dimension,
  ): Value {
    return this.#graph.node("FusedMatMul", [a, b], [...a.dims.slice(0, 3), columns], { domain: MICROSOFT, attributes });
  }

  /** Heads as wide as the cache has them: zeros behind. */
  #widen(head: Value): Value {
    const missing = this.#width - this.#config.headSize;
    if (missing === 0) return head;
    return this.#graph.node(
      "Pad",
      [head, this.#graph.integers([0, 0, 0, 0, 0, 0, 0, missing])],
      [...head.dims.slice(0, 3), this.#width],
    );
  }

  /** All heads of a token behind each other, in their own width: [B, C, heads, W] → [Q, heads · size]. */
  #merge(attended: Value): Value {
    const { heads, headSize } = this.#config;
    const graph = this.#graph;
    const own =
      this.#width === headSize
        ? attended
        : graph.node(
            "Slice",
            [attended, graph.integers([0]), graph.integers([headSize]), graph.integers([3])],
            [...attended.dims.slice(0, 3), headSize],
          );
    return graph.reshape(own, ["Q", heads * headSize]);
  }
}
