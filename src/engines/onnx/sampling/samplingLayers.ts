import type { Dimension, Graph, Value } from "../../../onnx/graph.ts";
import { MICROSOFT } from "../../../onnx/graph.ts";
import { adapterNames } from "../model/lora.ts";
import type { ModelLayout } from "../model/lora.ts";
import type { ModelConfig } from "../model/modelConfig.ts";

/** Matrices that lie next to each other in the flat array and are read as one. */
export const fusedWeights = {
  queryKeyValue: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  gateUp: ["mlp.gate_proj", "mlp.up_proj"],
} as const;

/** The parts of a sampling graph that work on each token alone. */
export class SamplingLayers {
  readonly #graph: Graph;
  readonly #config: ModelConfig;
  readonly #layout: ModelLayout;
  readonly #weights = new Map<string, Value>();

  constructor(graph: Graph, config: ModelConfig, layout: ModelLayout) {
    this.#graph = graph;
    this.#config = config;
    this.#layout = layout;
  }

  weight(name: string, dims: readonly Dimension[]): Value {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const value = this.#graph.input(name, dims);
    this.#weights.set(name, value);
    return value;
  }

  linear(x: Value, weight: Value, bias: Value | null): Value {
    const operands = bias === null ? [x, weight] : [x, weight, bias];
    return this.#graph.node("Gemm", operands, [x.dims[0] as Dimension, weight.dims[0] as Dimension], {
      attributes: { transB: { integer: 1 } },
    });
  }

  norm(x: Value, name: string): Value {
    const size = x.dims.at(-1) as Dimension;
    return this.#graph.node("SimplifiedLayerNormalization", [x, this.#normWeight(name, size)], x.dims, {
      attributes: { axis: { integer: -1 }, epsilon: { float: this.#config.normEpsilon }, stash_type: { integer: 1 } },
    });
  }

  /** Gemma keeps its norms' weights less 1. */
  #normWeight(name: string, size: Dimension): Value {
    const weight = this.weight(name, [size]);
    return this.#config.gemma === null ? weight : this.#graph.node("Add", [weight, this.#graph.scalar(1)], [size]);
  }

  /** x + residual, and its norm. */
  addAndNorm(x: Value, residual: Value, name: string): { normalised: Value; sum: Value } {
    const weight = this.#normWeight(name, this.#config.hiddenSize);
    const statistics = ["Q", 1];
    const outputs = this.#graph.nodeWithOutputs(
      "SkipSimplifiedLayerNormalization",
      [x, residual, weight],
      [x.dims, statistics, statistics, x.dims],
      {
        domain: MICROSOFT,
        attributes: { epsilon: { float: this.#config.normEpsilon } },
      },
    );
    return { normalised: outputs[0] as Value, sum: outputs[3] as Value };
  }

  /** Query, key and value of all heads as one: [Q, hidden] → [Q, (heads + 2 · kv) · size]. */
  queryKeyValue(x: Value, layer: number): Value {
    const { heads, keyValueHeads, headSize, hiddenSize, queryKeyValueBias } = this.#config;
    const widths = [heads, keyValueHeads, keyValueHeads].map((count) => count * headSize);
    const width = (heads + 2 * keyValueHeads) * headSize;
    const name = `model.layers.${layer}.queryKeyValue`;
    const bias = queryKeyValueBias ? this.weight(`${name}.bias`, [width]) : null;
    const plain = this.linear(x, this.weight(`${name}.weight`, [width, hiddenSize]), bias);
    return this.#adapt(
      plain,
      x,
      layer,
      fusedWeights.queryKeyValue.map((part, i) => [part, widths[i] ?? 0]),
    );
  }

  /** Attention's output projection: [Q, heads · size] → [Q, hidden]. */
  output(attended: Value, layer: number): Value {
    const { heads, headSize, hiddenSize, outputBias } = this.#config;
    const name = `model.layers.${layer}.self_attn.o_proj`;
    const bias = outputBias ? this.weight(`${name}.bias`, [hiddenSize]) : null;
    const plain = this.linear(attended, this.weight(`${name}.weight`, [hiddenSize, heads * headSize]), bias);
    return this.#adapt(plain, attended, layer, [["self_attn.o_proj", hiddenSize]]);
  }

  feedForward(x: Value, layer: number): Value {
    const { feedForwardSize, hiddenSize, feedForwardBias } = this.#config;
    const name = `model.layers.${layer}.`;
    const bias = (part: string, size: number): Value | null =>
      feedForwardBias ? this.weight(`${name}${part}.bias`, [size]) : null;
    const plain = this.linear(
      x,
      this.weight(`${name}gateUp.weight`, [2 * feedForwardSize, hiddenSize]),
      bias("gateUp", 2 * feedForwardSize),
    );
    const both = this.#adapt(
      plain,
      x,
      layer,
      fusedWeights.gateUp.map((part) => [part, feedForwardSize]),
    );
    const [gate, up] = this.split(both, [feedForwardSize, feedForwardSize], 1) as [Value, Value];
    const product = this.#graph.node("Mul", [this.#activate(gate), up], gate.dims);
    const projected = this.linear(
      product,
      this.weight(`${name}mlp.down_proj.weight`, [hiddenSize, feedForwardSize]),
      bias("mlp.down_proj", hiddenSize),
    );
    return this.#adapt(projected, product, layer, [["mlp.down_proj", hiddenSize]]);
  }

  #activate(gate: Value): Value {
    const domain = MICROSOFT;
    // Gelu by its tanh.
    if (this.#config.gemma !== null) return this.#graph.node("FastGelu", [gate], gate.dims, { domain });
    // With factor 1 this is silu.
    return this.#graph.node("QuickGelu", [gate], gate.dims, { domain, attributes: { alpha: { float: 1 } } });
  }

  split(value: Value, sizes: readonly Dimension[], axis: number): Value[] {
    const dims = sizes.map((size) => value.dims.map((old, i) => (i === axis ? size : old)));
    return this.#graph.nodeWithOutputs("Split", [value, this.#graph.shape(sizes)], dims, {
      attributes: { axis: { integer: axis } },
    });
  }

  /** Adds the adapters' part to projections of x that were computed as one; `parts` are their names and widths in order. */
  #adapt(projected: Value, x: Value, layer: number, parts: readonly (readonly [string, number])[]): Value {
    const graph = this.#graph;
    const adapters = parts.map(([name]) => this.#adapter(`model.layers.${layer}.${name}`));
    if (adapters.every((adapter) => adapter === null)) return projected;
    const deltas = adapters.map((adapter, i) => {
      const dims = ["Q", parts[i]?.[1] ?? 0];
      if (adapter === null) return graph.node("Expand", [graph.scalar(0), graph.shape(dims)], dims);
      const narrow = this.linear(x, adapter.a, null);
      return this.linear(
        graph.node("Mul", [narrow, graph.scalar(this.#layout.adapterScale)], narrow.dims),
        adapter.b,
        null,
      );
    });
    const delta =
      deltas.length === 1
        ? (deltas[0] as Value)
        : graph.node("Concat", deltas, projected.dims, { attributes: { axis: { integer: 1 } } });
    return graph.node("Add", [projected, delta], projected.dims);
  }

  #adapter(projection: string): { readonly a: Value; readonly b: Value } | null {
    const { a, b } = adapterNames(projection);
    const [down, up] = [a, b].map((name) => this.#layout.trained.find((parameter) => parameter.name === name));
    return down === undefined || up === undefined ? null : { a: this.weight(a, down.dims), b: this.weight(b, up.dims) };
  }
}
