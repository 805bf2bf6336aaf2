import { Graph, MICROSOFT } from "../../onnx/graph.ts";
import type { Value } from "../../onnx/graph.ts";
import type { EncoderConfig } from "./encoderConfig.ts";
import type { EncoderWeights } from "./encoderWeights.ts";

/**
 * The encoder with pooling as one graph over a padded batch: inputs `ids` and `positions` [batch, tokens], `mask`
 * [batch, tokens] (1 = text, 0 = padding); output `embedding` [batch, hidden]. Fused operators of onnxruntime do the
 * attention and the norms. For `pairs` there is a further input `kinds` (0 = first text, 1 = second), and the output is
 * the one number of a sequence-classification head [batch, 1].
 */
export async function encoderGraph(config: EncoderConfig, weights: EncoderWeights, pairs = false): Promise<Graph> {
  const graph = new Graph();
  const build = new GraphBuilder(graph, config, weights);
  const [ids, positions] = [
    graph.input("ids", ["batch", "tokens"], "int64"),
    graph.input("positions", ["batch", "tokens"], "int64"),
  ];
  const mask = graph.input("mask", ["batch", "tokens"], "int32");
  const kinds = pairs ? graph.input("kinds", ["batch", "tokens"], "int64") : null;
  let hidden = await build.embeddings(ids, positions, kinds);
  for (let layer = 0; layer < config.layers; layer++) hidden = await build.layer(hidden, mask, layer);
  if (pairs) {
    graph.output(await build.relevance(hidden), "embedding");
    return graph;
  }
  const pooled = config.pooling === "first" ? build.firstToken(hidden) : build.meanOverText(hidden, mask);
  graph.output(config.normalise ? build.unitLength(pooled) : pooled, "embedding");
  return graph;
}

class GraphBuilder {
  readonly #shape: readonly ["batch", "tokens", number];

  constructor(
    private readonly graph: Graph,
    private readonly config: EncoderConfig,
    private readonly weights: EncoderWeights,
  ) {
    this.#shape = ["batch", "tokens", config.hiddenSize];
  }

  /** Without kinds all tokens are of the first: one text, not a pair. */
  async embeddings(ids: Value, positions: Value, kinds: Value | null): Promise<Value> {
    const { graph } = this;
    const looked = async (table: string, indices: Value): Promise<Value> =>
      graph.node(
        "Gather",
        [
          await this.#matrix(
            `embeddings.${table}.weight`,
            this.weights.rows(`embeddings.${table}.weight`),
            this.config.hiddenSize,
          ),
          indices,
        ],
        this.#shape,
        { type: "float32" },
      );
    const words = await looked("word_embeddings", ids);
    const places = await looked("position_embeddings", positions);
    const kind = kinds === null ? await this.#firstKind() : await looked("token_type_embeddings", kinds);
    const sum = graph.node("Add", [graph.node("Add", [words, places], this.#shape), kind], this.#shape);
    const { scale, shift } = await this.#norm("embeddings.LayerNorm");
    return graph.node("LayerNormalization", [sum, scale, shift], this.#shape, {
      attributes: { axis: { integer: -1 }, epsilon: { float: this.config.normEpsilon } },
    });
  }

  async #firstKind(): Promise<Value> {
    const name = "embeddings.token_type_embeddings.weight";
    const kinds = await this.weights.tensor(name, [this.weights.rows(name), this.config.hiddenSize]);
    return this.#constant("embeddings.token_type", kinds.slice(0, this.config.hiddenSize), [this.config.hiddenSize]);
  }

  /** The pooler and the classifier over the first token, as in BertForSequenceClassification with one label. */
  async relevance(hidden: Value): Promise<Value> {
    const { hiddenSize } = this.config;
    const dense = async (input: Value, name: string, outer: number): Promise<Value> => {
      const product = this.graph.node(
        "Gemm",
        [input, await this.#matrix(`${name}.weight`, outer, hiddenSize), await this.#vector(`${name}.bias`)],
        ["batch", outer],
        { attributes: { transB: { integer: 1 } } },
      );
      return product;
    };
    const pooled = this.graph.node(
      "Tanh",
      [await dense(this.firstToken(hidden), "pooler.dense", hiddenSize)],
      ["batch", hiddenSize],
    );
    return dense(pooled, "classifier", 1);
  }

  async layer(input: Value, mask: Value, index: number): Promise<Value> {
    const name = `encoder.layer.${index}`;
    const attended = await this.#attention(input, mask, `${name}.attention.self`);
    const middle = await this.#addAndNorm(
      await this.#product(attended, `${name}.attention.output.dense`),
      input,
      `${name}.attention.output`,
    );
    const wide = await this.#product(middle, `${name}.intermediate.dense`);
    const activated = this.graph.node("BiasGelu", [wide, await this.#bias(`${name}.intermediate.dense`)], wide.dims, {
      domain: MICROSOFT,
    });
    return this.#addAndNorm(await this.#product(activated, `${name}.output.dense`), middle, `${name}.output`);
  }

  firstToken(hidden: Value): Value {
    return this.graph.node(
      "Gather",
      [hidden, this.graph.reshape(this.graph.integers([0]), [])],
      ["batch", this.config.hiddenSize],
      { attributes: { axis: { integer: 1 } }, type: "float32" },
    );
  }

  meanOverText(hidden: Value, mask: Value): Value {
    const { graph } = this;
    const asFloat = graph.node("Cast", [mask], ["batch", "tokens"], {
      attributes: { to: { integer: 1 } },
      type: "float32",
    });
    const column = graph.node("Unsqueeze", [asFloat, graph.integers([2])], ["batch", "tokens", 1]);
    const sumOverTokens = (value: Value, width: number): Value =>
      graph.node("ReduceSum", [value, graph.integers([1])], ["batch", width], {
        attributes: { keepdims: { integer: 0 } },
      });
    const sum = sumOverTokens(graph.node("Mul", [hidden, column], this.#shape), this.config.hiddenSize);
    return graph.node("Div", [sum, sumOverTokens(column, 1)], ["batch", this.config.hiddenSize]);
  }

  unitLength(vectors: Value): Value {
    return this.graph.node("LpNormalization", [vectors], vectors.dims, {
      attributes: { axis: { integer: -1 }, p: { integer: 2 } },
    });
  }

  /** Self-attention with query, key and value as one product. */
  async #attention(input: Value, mask: Value, name: string): Promise<Value> {
    const { hiddenSize, heads } = this.config;
    const joined = new Float32Array(hiddenSize * 3 * hiddenSize);
    const biases = new Float32Array(3 * hiddenSize);
    for (const [part, which] of ["query", "key", "value"].entries()) {
      const matrix = await this.weights.tensor(`${name}.${which}.weight`, [hiddenSize, hiddenSize]);
      for (let out = 0; out < hiddenSize; out++) {
        for (let from = 0; from < hiddenSize; from++)
          joined[from * 3 * hiddenSize + part * hiddenSize + out] = matrix[out * hiddenSize + from] ?? 0;
      }
      biases.set(await this.weights.tensor(`${name}.${which}.bias`, [hiddenSize]), part * hiddenSize);
    }
    const operands = [
      input,
      this.#constant(`${name}.joined.weight`, joined, [hiddenSize, 3 * hiddenSize]),
      this.#constant(`${name}.joined.bias`, biases, [3 * hiddenSize]),
      mask,
    ];
    return this.graph.node("Attention", operands, this.#shape, {
      domain: MICROSOFT,
      attributes: { num_heads: { integer: heads } },
    });
  }

  /** input · weightᵀ; the bias is left to the fused operator that follows. */
  async #product(input: Value, name: string): Promise<Value> {
    const inner = Number(input.dims.at(-1));
    const outer = this.weights.rows(`${name}.weight`);
    const stored = await this.weights.tensor(`${name}.weight`, [outer, inner]);
    const turned = new Float32Array(stored.length);
    for (let row = 0; row < outer; row++)
      for (let column = 0; column < inner; column++) turned[column * outer + row] = stored[row * inner + column] ?? 0;
    return this.graph.node(
      "MatMul",
      [input, this.#constant(`${name}.turned`, turned, [inner, outer])],
      ["batch", "tokens", outer],
    );
  }

  async #addAndNorm(value: Value, residual: Value, name: string): Promise<Value> {
    const { scale, shift } = await this.#norm(`${name}.LayerNorm`);
    const operands = [value, residual, scale, shift, await this.#bias(`${name}.dense`)];
    return this.graph.node("SkipLayerNormalization", operands, this.#shape, {
      domain: MICROSOFT,
      attributes: { epsilon: { float: this.config.normEpsilon } },
    });
  }

  async #norm(name: string): Promise<{ scale: Value; shift: Value }> {
    return { scale: await this.#vector(`${name}.weight`), shift: await this.#vector(`${name}.bias`) };
  }

  #bias(name: string): Promise<Value> {
    return this.#vector(`${name}.bias`);
  }

  async #vector(name: string): Promise<Value> {
    const length = this.weights.rows(name);
    return this.#constant(name, await this.weights.tensor(name, [length]), [length]);
  }

  async #matrix(name: string, rows: number, columns: number): Promise<Value> {
    return this.#constant(name, await this.weights.tensor(name, [rows, columns]), [rows, columns]);
  }

  #constant(name: string, data: Float32Array, dims: readonly number[]): Value {
    const value: Value = { name, dims, type: "float32" };
    this.graph.initializers.push({ value, data });
    return value;
  }
}
