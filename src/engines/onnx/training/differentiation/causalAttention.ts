import type { Dimension, Value } from "../../../../onnx/graph.ts";
import { elementwise, padLastAxis, product, slice, softmaxOverLastAxis, split } from "./operators.ts";
import type { Tape } from "./tape.ts";
import { operand } from "./tape.ts";

/** One block of queries: its rows of the result, and what their gradients need. */
interface Block {
  /** [B, kv, rows, size]: heads that share a key and value are stacked as rows. */
  readonly queries: Value;
  /** Up to the block's end: [B, kv, end, size]. */
  readonly keys: Value;
  readonly values: Value;
  /** Softmax [B, kv, rows, end]. */
  readonly shares: Value;
  /** [B, heads, block's size, size] */
  readonly result: Value;
}

/** A block as the backward pass has it, with the gradients of its result and of its scores, rows stacked. */
interface BlockGradient {
  readonly queries: Value;
  readonly keys: Value;
  readonly shares: Value;
  /** Of the block's result. */
  readonly dims: readonly Dimension[];
  readonly resultGradient: Value;
  readonly scoresGradient: Value;
}

/**
 * Causal attention, softmax(scale · query · keyᵀ + mask) · value. Queries go in `blocks` blocks (sizes S1, S2, … of which
 * E1, E2, … are the sums), each meeting only the keys up to its end.
 */
export class CausalAttention {
  readonly #tape: Tape;
  readonly #scale: number;
  readonly #sizes: readonly string[];
  readonly #ends: readonly string[];
  readonly #masks: readonly Value[];

  /** mask [S, S]; scale is 1 ÷ √size as a rule. */
  constructor(tape: Tape, mask: Value, scale: number, blocks: number) {
    this.#tape = tape;
    this.#scale = scale;
    this.#sizes = Array.from({ length: blocks }, (_, block) => `S${block + 1}`);
    this.#ends = this.#sizes.map((_, block) => `E${block + 1}`);
    this.#masks = blocks === 1 ? [mask] : this.#ends.map((_, block) => this.#maskOf(mask, block));
  }

  /** query [B, heads, S, size], key and value [B, kv, S, size] → [B, heads, S, size]. */
  apply(query: Value, key: Value, value: Value): Value {
    const { graph } = this.#tape;
    const blocks = this.#split(query).map((part, index) => this.#forward(part, index, key, value));
    const result = this.#join(
      blocks.map((block) => block.result),
      query.dims,
    );
    let known: BlockGradient[] | null = null;
    const gradients = (g: Value): BlockGradient[] =>
      (known ??= this.#backward(blocks, result, g, key.dims[1] as number));
    const scale = this.#scale;
    return this.#tape.record(result, [
      operand(query, (g) =>
        this.#join(
          gradients(g).map(({ scoresGradient, keys, dims }) =>
            graph.reshape(product(graph, scoresGradient, keys, { alpha: scale }), dims),
          ),
          query.dims,
        ),
      ),
      operand(key, (g) =>
        this.#sumOverBlocks(
          gradients(g).map(({ queries, scoresGradient }) =>
            product(graph, queries, scoresGradient, { transposeA: true, alpha: scale }),
          ),
          key,
        ),
      ),
      operand(value, (g) =>
        this.#sumOverBlocks(
          gradients(g).map(({ resultGradient, shares }) =>
            product(graph, resultGradient, shares, { transposeA: true }),
          ),
          value,
        ),
      ),
    ]);
  }

  #forward(part: Value, index: number, key: Value, value: Value): Block {
    const { graph } = this.#tape;
    const keyHeads = key.dims[1] as number;
    const stacked = this.#stack(part, index, keyHeads);
    const [keys, values, shares] = this.#tape.cheap([stacked, key, value], (queries, allKeys, allValues) => {
      const ofBlock = this.#upToEnd(allKeys, index);
      const products = product(graph, queries, ofBlock, { transposeB: true, alpha: this.#scale });
      const scores = graph.reshape(products, [...part.dims.slice(0, 3), products.dims[3] as Dimension]);
      const masked = elementwise(graph, "Add", scores, this.#masks[index] as Value);
      const stackedShares = this.#stack(softmaxOverLastAxis(graph, masked), index, keyHeads);
      return [ofBlock, this.#upToEnd(allValues, index), stackedShares];
    });
    const result = graph.reshape(product(graph, shares, values, {}), part.dims);
    return { queries: stacked, keys, values, shares, result };
  }

  /** The row sums of the softmax's gradient come from gradient ∘ output, which is smaller (arXiv 2205.14135, §B.2). */
  #backward(blocks: readonly Block[], result: Value, gradient: Value, keyHeads: number): BlockGradient[] {
    const { graph } = this.#tape;
    const sums = graph.node(
      "ReduceSum",
      [elementwise(graph, "Mul", gradient, result), graph.integers([3])],
      [...result.dims.slice(0, 3), 1],
    );
    const results = this.#split(gradient).map((part, index) => this.#stack(part, index, keyHeads));
    const rowSums = this.#split(sums).map((part, index) => this.#stack(part, index, keyHeads));
    return blocks.map((block, index) => {
      const [keys, values, shares] = [block.keys, block.values, block.shares].map((value) =>
        this.#tape.again(value, gradient),
      ) as [Value, Value, Value];
      const resultGradient = results[index] as Value;
      const ofShares = product(graph, resultGradient, values, { transposeB: true });
      const centred = elementwise(graph, "Sub", ofShares, rowSums[index] as Value);
      const scoresGradient = elementwise(graph, "Mul", centred, shares);
      return { queries: block.queries, keys, shares, dims: block.result.dims, resultGradient, scoresGradient };
    });
  }

  /** Products with few rows and many columns are faster than their transposes, so keys and values get theirs, [B, kv, size, end], transposed. */
  #sumOverBlocks(parts: readonly Value[], like: Value): Value {
    const { graph } = this.#tape;
    const [batch, heads, length, size] = like.dims as [Dimension, Dimension, Dimension, Dimension];
    const whole = [batch, heads, size, length];
    const padded = parts.map((part, index) =>
      this.#isLast(index) ? part : padLastAxis(graph, part, whole, `S-${this.#ends[index]}`),
    );
    const total = padded.length === 1 ? (padded[0] as Value) : graph.node("Sum", padded, whole);
    return graph.transpose(total, [0, 1, 3, 2]);
  }

  /** [B, heads, rows, n] as [B, kv, heads ÷ kv · rows, n]. */
  #stack(part: Value, index: number, keyHeads: number): Value {
    const rows = part.dims[1] === keyHeads ? (this.#sizes[index] as string) : `R${index + 1}`;
    return this.#tape.graph.reshape(part, [part.dims[0] as Dimension, keyHeads, rows, part.dims[3] as Dimension]);
  }

  #split(whole: Value): Value[] {
    return this.#sizes.length === 1 ? [whole] : split(this.#tape.graph, whole, 2, this.#sizes);
  }

  #join(parts: readonly Value[], dims: readonly Dimension[]): Value {
    return parts.length === 1
      ? (parts[0] as Value)
      : this.#tape.graph.node("Concat", parts, dims, { attributes: { axis: { integer: 2 } } });
  }

  #upToEnd(whole: Value, index: number): Value {
    const end = this.#ends[index] as string;
    return this.#isLast(index) ? whole : slice(this.#tape.graph, whole, 2, 0, end, end);
  }

  #isLast(index: number): boolean {
    return index === this.#ends.length - 1;
  }

  /** The mask's part for a block of queries: their rows, and the columns up to their end. */
  #maskOf(mask: Value, index: number): Value {
    const end = this.#ends[index] as string;
    const rows = slice(
      this.#tape.graph,
      mask,
      0,
      index === 0 ? 0 : (this.#ends[index - 1] as string),
      end,
      this.#sizes[index] as string,
    );
    return slice(this.#tape.graph, rows, 1, 0, end, end);
  }
}
