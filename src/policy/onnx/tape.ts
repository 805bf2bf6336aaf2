import type { Dimension, NodeOptions, Value } from "./graph.ts";
import { Graph, MICROSOFT, broadcastShape, sameShape } from "./graph.ts";

/** Gives the gradient of one operand from that of the result; may add `accumulated` (the operand's gradient so far) itself. */
type OperandGradient = (gradient: Value, accumulated: Value | null) => { readonly value: Value; readonly accumulates: boolean };

interface Operand {
  readonly value: Value;
  readonly gradient: OperandGradient;
}

interface TapeEntry {
  readonly result: Value;
  readonly operands: readonly Operand[];
}

/** Matrix product options: transposed operands, factor, and a matrix that is added. */
interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly alpha?: number;
  readonly add?: Value | null;
}

/**
 * Reverse-mode differentiation over ONNX operators: each method adds nodes to the graph and records how gradients
 * flow back; `backward` walks the record in reverse and adds the nodes of the gradients to the same graph.
 */
export class Tape {
  readonly graph: Graph;
  readonly #entries: TapeEntry[] = [];
  readonly #differentiable = new Set<string>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** An input whose gradient is wanted. */
  parameter(name: string, dims: readonly Dimension[]): Value {
    const value = this.graph.input(name, dims);
    this.#differentiable.add(value.name);
    return value;
  }

  add(a: Value, b: Value): Value {
    const result = this.#elementwise("Add", a, b);
    return this.#record(result, [this.#plain(a, (g) => this.#reduceTo(g, a.dims)), this.#plain(b, (g) => this.#reduceTo(g, b.dims))]);
  }

  subtract(a: Value, b: Value): Value {
    const result = this.#elementwise("Sub", a, b);
    return this.#record(result, [
      this.#plain(a, (g) => this.#reduceTo(g, a.dims)),
      this.#plain(b, (g) => this.#reduceTo(this.#unary("Neg", g), b.dims)),
    ]);
  }

  multiply(a: Value, b: Value): Value {
    const result = this.#elementwise("Mul", a, b);
    return this.#record(result, [
      this.#plain(a, (g) => this.#reduceTo(this.#elementwise("Mul", g, b), a.dims)),
      this.#plain(b, (g) => this.#reduceTo(this.#elementwise("Mul", g, a), b.dims)),
    ]);
  }

  exponential(a: Value): Value {
    const result = this.#unary("Exp", a);
    return this.#record(result, [this.#plain(a, (g) => this.#elementwise("Mul", g, result))]);
  }

  negate(a: Value): Value {
    return this.#record(this.#unary("Neg", a), [this.#plain(a, (g) => this.#unary("Neg", g))]);
  }

  /** Element-wise a or b; both of the result's shape. */
  where(condition: Value, a: Value, b: Value): Value {
    const zero = this.graph.scalar(0);
    const choose = (x: Value, y: Value): Value => this.graph.node("Where", [condition, x, y], a.dims, { type: "float32" });
    return this.#record(choose(a, b), [this.#plain(a, (g) => choose(g, zero)), this.#plain(b, (g) => choose(zero, g))]);
  }

  /** Sum over all elements, shape [1, 1] for matrices. */
  sumAll(a: Value): Value {
    const axes = this.graph.integers(a.dims.map((_, axis) => axis));
    const result = this.graph.node("ReduceSum", [a, axes], a.dims.map(() => 1), { attributes: { keepdims: { integer: 1 } } });
    return this.#record(result, [this.#plain(a, (g) => this.graph.node("Expand", [g, this.graph.shape(a.dims)], a.dims))]);
  }

  reshape(a: Value, dims: readonly Dimension[]): Value {
    return this.#record(this.graph.reshape(a, dims), [this.#plain(a, (g) => this.graph.reshape(g, a.dims))]);
  }

  transpose(a: Value, order: readonly number[]): Value {
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return this.#record(this.graph.transpose(a, order), [this.#plain(a, (g) => this.graph.transpose(g, inverse))]);
  }

  /** x [N, in] · weightᵀ with weight [out, in], plus bias [out]. */
  linear(x: Value, weight: Value, bias: Value | null): Value {
    const result = this.#gemm(x, weight, { transposeB: true, add: bias });
    const operands: Operand[] = [
      { value: x, gradient: (g, sum) => ({ value: this.#gemm(g, weight, { add: sum }), accumulates: sum !== null }) },
      { value: weight, gradient: (g, sum) => ({ value: this.#gemm(g, x, { transposeA: true, add: sum }), accumulates: sum !== null }) },
    ];
    if (bias !== null) operands.push(this.#plain(bias, (g) => this.#reduceTo(g, bias.dims)));
    return this.#record(result, operands);
  }

  /** Root-mean-square norm over the last axis, times a weight: x · (mean x² + ε)^(−1/2) · w (arXiv 1910.07467). */
  rmsNorm(x: Value, weight: Value, epsilon: number): Value {
    const { graph } = this;
    const last = x.dims.length - 1;
    const statistics = [...x.dims.slice(0, -1), 1];
    const [result, inverse] = graph.nodeWithOutputs("SimplifiedLayerNormalization", [x, weight], [x.dims, statistics], {
      attributes: { axis: { integer: -1 }, epsilon: { float: epsilon }, stash_type: { integer: 1 } },
    }) as [Value, Value];
    const normalised = (): Value => this.#elementwise("Mul", x, inverse);
    return this.#record(result, [
      this.#plain(x, (g) => {
        const scaled = this.#elementwise("Mul", g, weight);
        const unit = normalised();
        const mean = graph.node("ReduceMean", [this.#elementwise("Mul", scaled, unit), graph.integers([last])], statistics);
        return this.#elementwise("Mul", this.#elementwise("Sub", scaled, this.#elementwise("Mul", unit, mean)), inverse);
      }),
      this.#plain(weight, (g) => this.#reduceTo(this.#elementwise("Mul", g, normalised()), weight.dims)),
    ]);
  }

  /** Rotary position embedding of x [B, heads, S, size] (halves convention); cosine, sine [≥ S, size / 2]; position 0 is the first token. */
  rotary(x: Value, cosine: Value, sine: Value): Value {
    const rotate = (value: Value, signedSine: Value): Value =>
      this.graph.node("RotaryEmbedding", [value, this.graph.integers([0]), cosine, signedSine], x.dims, { domain: MICROSOFT });
    return this.#record(rotate(x, sine), [this.#plain(x, (g) => rotate(g, this.#unary("Neg", sine)))]);
  }

  /**
   * softmax(scale · query · keyᵀ + mask) · value, with heads grouped: query [B, kv, G, size], key and value [B, kv, S, size],
   * mask [G, S]. The row sums of the softmax gradient come from gradient ∘ output, which is smaller (arXiv 2205.14135, §B.2).
   */
  attention(query: Value, key: Value, value: Value, mask: (scores: Value) => Value, scale: number): Value {
    const { graph } = this;
    const scores = mask(this.#product(query, key, { transposeB: true, alpha: scale }));
    const shares = graph.node("Softmax", [scores], scores.dims, { attributes: { axis: { integer: -1 } } });
    const result = this.#product(shares, value, {});
    let scoresGradient: Value | null = null;
    const gradientOfScores = (g: Value): Value => {
      if (scoresGradient !== null) return scoresGradient;
      const rows = graph.node("ReduceSum", [this.#elementwise("Mul", g, result), graph.integers([3])], [...result.dims.slice(0, -1), 1]);
      const gradientOfShares = this.#product(g, value, { transposeB: true });
      scoresGradient = this.#elementwise("Mul", this.#elementwise("Sub", gradientOfShares, rows), shares);
      return scoresGradient;
    };
    return this.#record(result, [
      this.#plain(query, (g) => this.#product(gradientOfScores(g), key, { alpha: scale })),
      this.#plain(key, (g) => this.#product(gradientOfScores(g), query, { transposeA: true, alpha: scale })),
      this.#plain(value, (g) => this.#product(shares, g, { transposeA: true })),
    ]);
  }

  /** SwiGLU's gate: silu(gate) · up, with silu(x) = x · sigmoid(x). */
  siluMultiply(gate: Value, up: Value): Value {
    const sigmoid = this.#unary("Sigmoid", gate);
    const silu = this.#elementwise("Mul", gate, sigmoid);
    return this.#record(this.#elementwise("Mul", silu, up), [
      this.#plain(gate, (g) => {
        const rest = this.#elementwise("Mul", silu, this.#elementwise("Sub", this.graph.scalar(1), sigmoid));
        return this.#elementwise("Mul", this.#elementwise("Mul", g, up), this.#elementwise("Add", sigmoid, rest));
      }),
      this.#plain(up, (g) => this.#elementwise("Mul", g, silu)),
    ]);
  }

  /** Rows of a matrix, each at most once; rows [M] int64. */
  gatherRows(a: Value, rows: Value): Value {
    const { graph } = this;
    const result = graph.node("Gather", [a, rows], [rows.dims[0] as Dimension, a.dims[1] as Dimension], { type: "float32" });
    return this.#record(result, [
      this.#plain(a, (g) => {
        const zeros = graph.node("Expand", [graph.scalar(0), graph.shape(a.dims)], a.dims);
        return graph.node("ScatterND", [zeros, graph.reshape(rows, [rows.dims[0] as Dimension, 1]), g], a.dims);
      }),
    ]);
  }

  /** Marks a value made by the caller (for instance looked-up embeddings) as one whose gradient is wanted. */
  want(value: Value): Value {
    this.#differentiable.add(value.name);
    return value;
  }

  /**
   * Log-probability [M, 1] and entropy [M, 1] (nats) of targets [M, 1] under softmax(logits [M, V]).
   * Gradients: ∂ log p(target) ÷ ∂ logits = onehot − p; ∂ entropy ÷ ∂ logits = −p · (log p + entropy).
   */
  targetLogProbability(logits: Value, targets: Value): { logProbability: Value; entropy: Value } {
    const { graph } = this;
    const column = [logits.dims[0] as Dimension, 1];
    const logs = graph.node("LogSoftmax", [logits], logits.dims, { attributes: { axis: { integer: -1 } } });
    const shares = this.#unary("Exp", logs);
    const picked = graph.node("GatherElements", [logs, targets], column, { attributes: { axis: { integer: 1 } }, type: "float32" });
    const expected = graph.node("ReduceSum", [this.#elementwise("Mul", shares, logs), graph.integers([1])], column);
    const entropy = this.#unary("Neg", expected);
    this.#record(picked, [
      this.#plain(logits, (g) => {
        const spread = this.#elementwise("Mul", shares, this.#unary("Neg", g));
        const attributes = { axis: { integer: 1 } };
        const atTarget = graph.node("GatherElements", [spread, targets], column, { attributes, type: "float32" });
        return graph.node("ScatterElements", [spread, targets, this.#elementwise("Add", atTarget, g)], logits.dims, { attributes });
      }),
    ]);
    this.#record(entropy, [
      this.#plain(logits, (g) => {
        const centred = this.#elementwise("Mul", shares, this.#elementwise("Add", logs, entropy));
        return this.#elementwise("Mul", centred, this.#unary("Neg", g));
      }),
    ]);
    return { logProbability: picked, entropy };
  }

  /**
   * Adds the gradient of `loss` to the graph and returns it for every differentiable value, by name.
   * `accumulators` hold gradients of earlier micro-batches that the new ones are added to.
   */
  backward(loss: Value, accumulators: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
    const gradients = new Map(accumulators);
    gradients.set(loss.name, this.graph.node("Expand", [this.graph.scalar(1), this.graph.shape(loss.dims)], loss.dims));
    for (const { result, operands } of this.#entries.toReversed()) {
      const gradient = gradients.get(result.name);
      if (gradient === undefined) continue;
      for (const operand of operands) {
        if (!this.#differentiable.has(operand.value.name)) continue;
        const sum = gradients.get(operand.value.name) ?? null;
        const added = operand.gradient(gradient, sum);
        const total = sum === null || added.accumulates ? added.value : this.#elementwise("Add", sum, added.value);
        gradients.set(operand.value.name, total);
      }
    }
    return gradients;
  }

  #record(result: Value, operands: readonly Operand[]): Value {
    if (!operands.some((operand) => this.#differentiable.has(operand.value.name))) return result;
    this.#differentiable.add(result.name);
    this.#entries.push({ result, operands });
    return result;
  }

  #plain(value: Value, gradient: (gradient: Value) => Value): Operand {
    return { value, gradient: (g) => ({ value: gradient(g), accumulates: false }) };
  }

  #unary(operator: string, a: Value): Value {
    return this.graph.node(operator, [a], a.dims);
  }

  #elementwise(operator: string, a: Value, b: Value): Value {
    return this.graph.node(operator, [a, b], broadcastShape(a.dims, b.dims));
  }

  /** Product of matrices; `add` is added to it (Gemm's C). */
  #gemm(a: Value, b: Value, options: ProductOptions): Value {
    const rows = a.dims[options.transposeA === true ? 1 : 0] as Dimension;
    const columns = b.dims[options.transposeB === true ? 0 : 1] as Dimension;
    const attributes = { transA: flag(options.transposeA), transB: flag(options.transposeB) };
    const operands = options.add === null || options.add === undefined ? [a, b] : [a, b, options.add];
    return this.graph.node("Gemm", operands, [rows, columns], { attributes });
  }

  /** Product of the last two axes of tensors with equal leading axes. */
  #product(a: Value, b: Value, options: ProductOptions): Value {
    const rows = a.dims[options.transposeA === true ? 3 : 2] as Dimension;
    const columns = b.dims[options.transposeB === true ? 2 : 3] as Dimension;
    const nodeOptions: NodeOptions = {
      domain: MICROSOFT,
      attributes: { transA: flag(options.transposeA), transB: flag(options.transposeB), alpha: { float: options.alpha ?? 1 } },
    };
    return this.graph.node("FusedMatMul", [a, b], [...a.dims.slice(0, 2), rows, columns], nodeOptions);
  }

  /** Undoes broadcasting: sums over the axes that `dims` lacks or has as 1. */
  #reduceTo(value: Value, dims: readonly Dimension[]): Value {
    if (sameShape(value.dims, dims)) return value;
    const missing = value.dims.length - dims.length;
    const axes = value.dims.map((_, axis) => axis).filter((axis) => axis < missing || (dims[axis - missing] === 1 && value.dims[axis] !== 1));
    const kept = value.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const sum = this.graph.node("ReduceSum", [value, this.graph.integers(axes)], kept, { attributes: { keepdims: { integer: 1 } } });
    return sameShape(kept, dims) ? sum : this.graph.reshape(sum, dims);
  }
}

function flag(value: boolean | undefined): { integer: number } {
  return { integer: value === true ? 1 : 0 };
}
