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
  /** Computes the result again from this input while it records, for a result whose steps were not kept. */
  readonly again: { readonly input: Value; readonly compute: (input: Value) => Value } | null;
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
  /** Whether the provider's norm also gives 1 ÷ root mean square: WebGPU's (onnxruntime 1.30) leaves it unwritten. */
  readonly #normGivesStatistics: boolean;
  #entries: TapeEntry[] = [];
  #recording = true;
  readonly #differentiable = new Set<string>();
  /** Rows that the caller adds to gradients; see targetLogProbability. */
  readonly rowGradients = new Map<string, Value>();
  readonly #maskBlocks = new Map<string, Value>();

  constructor(graph: Graph, normGivesStatistics = true) {
    this.graph = graph;
    this.#normGivesStatistics = normGivesStatistics;
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
    const [result, given] = graph.nodeWithOutputs("SimplifiedLayerNormalization", [x, weight], this.#normGivesStatistics ? [x.dims, statistics] : [x.dims], {
      attributes: { axis: { integer: -1 }, epsilon: { float: epsilon }, stash_type: { integer: 1 } },
    }) as [Value, Value | undefined];
    const computeInverse = (): Value => {
      const mean = graph.node("ReduceMean", [this.#elementwise("Mul", x, x), graph.integers([last])], statistics);
      return this.#unary("Reciprocal", this.#unary("Sqrt", this.#elementwise("Add", mean, graph.scalar(epsilon))));
    };
    let inverseRoot = given;
    const inverse = (): Value => (inverseRoot ??= computeInverse());
    const normalised = (): Value => this.#elementwise("Mul", x, inverse());
    return this.#record(result, [
      this.#plain(x, (g) => {
        const scaled = this.#elementwise("Mul", g, weight);
        const unit = normalised();
        const mean = graph.node("ReduceMean", [this.#elementwise("Mul", scaled, unit), graph.integers([last])], statistics);
        return this.#elementwise("Mul", this.#elementwise("Sub", scaled, this.#elementwise("Mul", unit, mean)), inverse());
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
   * Causal attention, softmax(scale · query · keyᵀ + mask) · value: query [B, heads, S, size], key and value [B, kv, S, size],
   * mask [S, S] → [B, heads, S, size]. Queries go in `blocks` blocks (sizes S1, S2, … of which E1, E2, … are the sums), each
   * meeting only the keys up to its end. The row sums of the softmax gradient come from gradient ∘ output, which is smaller
   * (arXiv 2205.14135, §B.2).
   */
  causalAttention(query: Value, key: Value, value: Value, mask: Value, scale: number, blocks: number): Value {
    const { graph } = this;
    const [batch, heads, , size] = query.dims as [Dimension, number, Dimension, Dimension];
    const keyHeads = key.dims[1] as number;
    const sizes = Array.from({ length: blocks }, (_, i) => `S${i + 1}`);
    const ends = sizes.map((_, i) => `E${i + 1}`);
    const rows = (block: number): Dimension => (heads === keyHeads ? (sizes[block] as string) : `R${block + 1}`);
    // Heads that share a key and value are stacked as rows.
    const group = (part: Value, block: number): Value => graph.reshape(part, [batch, keyHeads, rows(block), part.dims[3] as Dimension]);
    const ungroup = (part: Value, block: number): Value => graph.reshape(part, [batch, heads, sizes[block] as string, part.dims[3] as Dimension]);
    const split = (whole: Value): Value[] => (blocks === 1 ? [whole] : this.#splitAxis2(whole, sizes));
    const join = (parts: readonly Value[], dims: readonly Dimension[]): Value =>
      blocks === 1 ? (parts[0] as Value) : graph.node("Concat", parts, dims, { attributes: { axis: { integer: 2 } } });
    const upTo = (whole: Value, block: number): Value =>
      block === blocks - 1 ? whole : this.#slice(whole, 2, 0, ends[block] as string, ends[block] as string);

    const forward = split(query).map((part, block) => {
      const grouped = group(part, block);
      const [keys, values] = [upTo(key, block), upTo(value, block)];
      const products = this.#product(grouped, keys, { transposeB: true, alpha: scale });
      const masked = this.#elementwise("Add", ungroup(products, block), this.#maskBlock(mask, ends, block));
      const shares = group(graph.node("Softmax", [masked], masked.dims, { attributes: { axis: { integer: -1 } } }), block);
      return { grouped, keys, values, shares, result: ungroup(this.#product(shares, values, {}), block) };
    });
    const result = join(forward.map((block) => block.result), query.dims);

    let known: { readonly results: readonly Value[]; readonly scores: readonly Value[] } | null = null;
    const gradients = (g: Value): NonNullable<typeof known> => {
      if (known !== null) return known;
      const sums = graph.node("ReduceSum", [this.#elementwise("Mul", g, result), graph.integers([3])], [...query.dims.slice(0, 3), 1]);
      const results = split(g).map(group);
      const rowSums = split(sums).map(group);
      const scores = forward.map(({ shares, values }, block) => {
        const ofShares = this.#product(results[block] as Value, values, { transposeB: true });
        return this.#elementwise("Mul", this.#elementwise("Sub", ofShares, rowSums[block] as Value), shares);
      });
      known = { results, scores };
      return known;
    };
    // Products with few rows and many columns are faster than their transposes, so keys and values get theirs transposed.
    const sumOverBlocks = (parts: readonly Value[], like: Value): Value => {
      const whole = [...like.dims.slice(0, 2), size, like.dims[2] as Dimension];
      const padded = parts.map((part, block) => (block === blocks - 1 ? part : this.#padLastAxis(part, whole, `S-${ends[block]}`)));
      const total = blocks === 1 ? (padded[0] as Value) : graph.node("Sum", padded, whole);
      return graph.transpose(total, [0, 1, 3, 2]);
    };
    return this.#record(result, [
      this.#plain(query, (g) => join(gradients(g).scores.map((scores, i) => ungroup(this.#product(scores, (forward[i] as { keys: Value }).keys, { alpha: scale }), i)), query.dims)),
      this.#plain(key, (g) => sumOverBlocks(gradients(g).scores.map((scores, i) => this.#product((forward[i] as { grouped: Value }).grouped, scores, { transposeA: true, alpha: scale })), key)),
      this.#plain(value, (g) => sumOverBlocks(gradients(g).results.map((part, i) => this.#product(part, (forward[i] as { shares: Value }).shares, { transposeA: true })), value)),
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

  /**
   * compute(input), of the input's shape, without keeping its steps: the backward pass computes them again (arXiv 1604.06174).
   */
  recomputed(input: Value, compute: (input: Value) => Value): Value {
    this.#recording = false;
    const result = compute(input);
    this.#recording = true;
    this.#differentiable.add(result.name);
    this.#entries.push({ result, operands: [], again: { input, compute } });
    return result;
  }

  /** Marks a value made by the caller (for instance looked-up embeddings) as one whose gradient is wanted. */
  want(value: Value): Value {
    this.#differentiable.add(value.name);
    return value;
  }

  /**
   * Log-probability [M, 1] of targets [M] under softmax(logits), logits = x [M, in] · weightᵀ [in, V], and its entropy H [M, 1]
   * (nats), whose gradient for the logits is −p · (log p + H). With largest logit z* and largest share p*, log p = z − z* + log p*, which never underflows.
   * The gradient of the logits, g · (onehot − p), is never formed: the caller adds the rows g · x, which `rowGradients` then
   * holds under the weight's name, to the weight's gradient at the targets.
   */
  targetLogProbability(x: Value, weight: Value, targets: Value): { logProbability: Value; entropy: Value } {
    const { graph } = this;
    const rows = x.dims[0] as Dimension;
    const column = [rows, 1];
    const logits = this.#gemm(x, weight, { transposeB: true });
    const shares = graph.node("Softmax", [logits], logits.dims, { attributes: { axis: { integer: -1 } } });
    const largest = (value: Value): Value => graph.node("ReduceMax", [value, graph.integers([1])], column);
    const offset = this.#elementwise("Sub", largest(logits), this.#unary("Log", largest(shares)));
    const picked = graph.node("GatherElements", [logits, graph.reshape(targets, column)], column, { attributes: { axis: { integer: 1 } }, type: "float32" });
    const logProbability = this.#elementwise("Sub", picked, offset);
    // As a product of matrices: shares · logits, element by element, would be as large as the logits once more.
    const single = (value: Value): Value => graph.reshape(value, [rows, 1, 1, value.dims[1] as Dimension]);
    const expected = graph.reshape(this.#product(single(shares), single(logits), { transposeB: true }), column);
    const entropy = this.#elementwise("Sub", offset, expected);
    let known: Value | null = null;
    const negatedEntropyGradient = (): Value => {
      known ??= this.#elementwise("Mul", shares, this.#elementwise("Sub", logits, this.#elementwise("Sub", offset, entropy)));
      return known;
    };
    this.#record(logProbability, [
      this.#plain(x, (g) => {
        const atTargets = graph.node("Gather", [weight, targets], x.dims, { type: "float32" });
        return this.#elementwise("Mul", this.#gemm(shares, weight, { alpha: -1, add: atTargets }), g);
      }),
      {
        value: weight,
        gradient: (g, sum) => {
          const scaled = this.#elementwise("Mul", x, g);
          this.rowGradients.set(weight.name, scaled);
          return { value: this.#gemm(shares, scaled, { transposeA: true, alpha: -1, add: sum }), accumulates: sum !== null };
        },
      },
    ]);
    this.#record(entropy, [
      this.#plain(x, (g) => this.#elementwise("Mul", this.#gemm(negatedEntropyGradient(), weight, { alpha: -1 }), g)),
      {
        value: weight,
        gradient: (g, sum) => ({ value: this.#gemm(negatedEntropyGradient(), this.#elementwise("Mul", x, g), { transposeA: true, alpha: -1, add: sum }), accumulates: sum !== null }),
      },
    ]);
    return { logProbability, entropy };
  }

  /**
   * Adds the gradient of `loss` to the graph and returns it for every differentiable value, by name.
   * `accumulators` hold gradients of earlier micro-batches that the new ones are added to.
   */
  backward(loss: Value, accumulators: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
    const gradients = new Map(accumulators);
    gradients.set(loss.name, this.graph.node("Expand", [this.graph.scalar(1), this.graph.shape(loss.dims)], loss.dims));
    this.#flow(this.#entries, gradients);
    return gradients;
  }

  #flow(entries: readonly TapeEntry[], gradients: Map<string, Value>): void {
    for (const { result, operands, again } of entries.toReversed()) {
      const gradient = gradients.get(result.name);
      if (gradient === undefined) continue;
      if (again !== null) this.#flowAgain(again, gradient, gradients);
      for (const operand of operands) this.#addGradient(operand, gradient, gradients);
    }
  }

  #addGradient({ value, gradient: of }: Operand, gradient: Value, gradients: Map<string, Value>): void {
    if (!this.#differentiable.has(value.name)) return;
    const sum = gradients.get(value.name) ?? null;
    const added = of(gradient, sum);
    gradients.set(value.name, sum === null || added.accumulates ? added.value : this.#elementwise("Add", sum, added.value));
  }

  #flowAgain({ input, compute }: NonNullable<TapeEntry["again"]>, gradient: Value, gradients: Map<string, Value>): void {
    // Reshaped by the gradient's shape the input depends on the gradient: nothing is computed again before it is there.
    const shape = this.graph.node("Shape", [gradient], [input.dims.length], { type: "int64" });
    const late = this.want(this.graph.node("Reshape", [input, shape], input.dims));
    const outer = this.#entries;
    this.#entries = [];
    const result = compute(late);
    gradients.set(result.name, gradient);
    this.#flow(this.#entries, gradients);
    this.#entries = outer;
    const flowed = gradients.get(late.name);
    if (flowed !== undefined) this.#addGradient(this.#plain(input, () => flowed), gradient, gradients);
  }

  #splitAxis2(value: Value, sizes: readonly Dimension[]): Value[] {
    const dims = sizes.map((size) => value.dims.map((old, axis) => (axis === 2 ? size : old)));
    return this.graph.nodeWithOutputs("Split", [value, this.graph.shape(sizes)], dims, { attributes: { axis: { integer: 2 } } });
  }

  /** Positions start … end − 1 of an axis, `size` of them. */
  #slice(value: Value, axis: number, start: Dimension, end: Dimension, size: Dimension): Value {
    const dims = value.dims.map((old, i) => (i === axis ? size : old));
    return this.graph.node("Slice", [value, this.graph.shape([start]), this.graph.shape([end]), this.graph.integers([axis])], dims);
  }

  /** The mask's part for a block of queries: their rows, and the columns up to their end. */
  #maskBlock(mask: Value, ends: readonly string[], block: number): Value {
    if (ends.length === 1) return mask;
    const known = this.#maskBlocks.get(`${ends.length}:${block}`);
    if (known !== undefined) return known;
    const end = ends[block] as string;
    const rows = this.#slice(mask, 0, block === 0 ? 0 : (ends[block - 1] as string), end, `S${block + 1}`);
    const part = this.#slice(rows, 1, 0, end, end);
    this.#maskBlocks.set(`${ends.length}:${block}`, part);
    return part;
  }

  /** Zeros behind the last of four axes, `count` of them. */
  #padLastAxis(value: Value, dims: readonly Dimension[], count: Dimension): Value {
    return this.graph.node("Pad", [value, this.graph.shape([0, 0, 0, 0, 0, 0, 0, count])], dims);
  }

  #record(result: Value, operands: readonly Operand[]): Value {
    if (!operands.some((operand) => this.#differentiable.has(operand.value.name))) return result;
    this.#differentiable.add(result.name);
    if (this.#recording) this.#entries.push({ result, operands, again: null });
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
    const attributes = { transA: flag(options.transposeA), transB: flag(options.transposeB), alpha: { float: options.alpha ?? 1 } };
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
