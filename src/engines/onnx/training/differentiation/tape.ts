import type { Dimension, Graph, Value } from "../../../../onnx/graph.ts";
import { elementwise } from "./operators.ts";

/** Gives the gradient of one operand from that of the result; may add `accumulated` (the operand's gradient so far) itself. */
type OperandGradient = (
  gradient: Value,
  accumulated: Value | null,
) => { readonly value: Value; readonly accumulates: boolean };

/** A value that a result was computed from, and how gradients flow back to it. */
export interface Operand {
  readonly value: Value;
  readonly gradient: OperandGradient;
}

/** An operand whose gradient is made from the result's alone. */
export function operand(value: Value, gradient: (gradient: Value) => Value): Operand {
  return { value, gradient: (g) => ({ value: gradient(g), accumulates: false }) };
}

type Values = readonly [Value, ...Value[]];
type SameCount<I extends Values> = { readonly [K in keyof I]: Value };

/** Values that are cheap to compute from `inputs`, which are kept. */
interface CheapValues {
  readonly inputs: readonly Value[];
  readonly compute: (inputs: readonly Value[]) => readonly Value[];
  /** The values once more, made in the backward pass when the first of them was needed. */
  again: readonly Value[] | null;
}

interface TapeEntry {
  readonly result: Value;
  readonly operands: readonly Operand[];
  /** Computes the result again from this input while it records, for a result whose steps were not kept. */
  readonly again: { readonly input: Value; readonly compute: (input: Value) => Value } | null;
}

/**
 * Reverse-mode differentiation over ONNX operators. The operations beside this file add nodes to the graph and record how
 * gradients flow back; `backward` walks the record in reverse and adds the nodes of the gradients to the same graph.
 */
export class Tape {
  readonly graph: Graph;
  /** Whether the provider's norm also gives 1 ÷ root mean square: WebGPU's (onnxruntime 1.30) leaves it unwritten. */
  readonly normGivesStatistics: boolean;
  /** Rows that the caller adds to gradients; see targetLogProbability. */
  readonly rowGradients = new Map<string, Value>();
  /** By the name of a value: the values it was computed with, and its place among them. */
  readonly #cheap = new Map<string, { readonly values: CheapValues; readonly place: number }>();
  #entries: TapeEntry[] = [];
  #recording = true;
  /** While a layer is computed again, whose values are used at once: none of them is computed a third time. */
  #computesAgain = false;
  readonly #differentiable = new Set<string>();

  constructor(graph: Graph, normGivesStatistics: boolean) {
    this.graph = graph;
    this.normGivesStatistics = normGivesStatistics;
  }

  /** An input whose gradient is wanted. */
  parameter(name: string, dims: readonly Dimension[]): Value {
    return this.want(this.graph.input(name, dims));
  }

  /** Marks a value made by the caller (for instance looked-up embeddings) as one whose gradient is wanted. */
  want(value: Value): Value {
    this.#differentiable.add(value.name);
    return value;
  }

  /** Notes what a result was computed from; returns the result. */
  record(result: Value, operands: readonly Operand[]): Value {
    if (!operands.some(({ value }) => this.#differentiable.has(value.name))) return result;
    if (this.#recording) this.#entries.push({ result, operands, again: null });
    return this.want(result);
  }

  /** compute(…inputs), whose results the backward pass may compute again instead of keeping them: see `again`. */
  cheap<I extends Values, R extends Values>(inputs: I, compute: (...inputs: SameCount<I>) => R): R {
    const results = compute(...(inputs as unknown as SameCount<I>));
    const values: CheapValues = {
      inputs,
      compute: (again) => compute(...(again as unknown as SameCount<I>)),
      again: null,
    };
    if (!this.#computesAgain) results.forEach(({ name }, place) => this.#cheap.set(name, { values, place }));
    return results;
  }

  /** A value for use in the backward pass, once this gradient is there: itself, or the same computed again where it is a cheap one. */
  again(value: Value, gradient: Value): Value {
    const found = this.#cheap.get(value.name);
    if (found === undefined) return value;
    const { values, place } = found;
    values.again ??= values.compute(values.inputs.map((input) => this.#late(input, gradient)));
    return values.again[place] as Value;
  }

  /**
   * compute(input), of the input's shape, without keeping its steps: the backward pass computes them again (arXiv 1604.06174).
   */
  recomputed(input: Value, compute: (input: Value) => Value): Value {
    this.#recording = false;
    const result = compute(input);
    this.#recording = true;
    this.#entries.push({ result, operands: [], again: { input, compute } });
    return this.want(result);
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
      for (const one of operands) this.#addGradient(one, gradient, gradients);
    }
  }

  #addGradient({ value, gradient: of }: Operand, gradient: Value, gradients: Map<string, Value>): void {
    if (!this.#differentiable.has(value.name)) return;
    const sum = gradients.get(value.name) ?? null;
    const added = of(gradient, sum);
    gradients.set(
      value.name,
      sum === null || added.accumulates ? added.value : elementwise(this.graph, "Add", sum, added.value),
    );
  }

  #flowAgain(
    { input, compute }: NonNullable<TapeEntry["again"]>,
    gradient: Value,
    gradients: Map<string, Value>,
  ): void {
    const late = this.want(this.#late(input, gradient));
    const outer = this.#entries;
    this.#entries = [];
    this.#computesAgain = true;
    const result = compute(late);
    this.#computesAgain = false;
    gradients.set(result.name, gradient);
    this.#flow(this.#entries, gradients);
    this.#entries = outer;
    const flowed = gradients.get(late.name);
    if (flowed !== undefined)
      this.#addGradient(
        operand(input, () => flowed),
        gradient,
        gradients,
      );
  }

  /** The value, reshaped to its own shape plus a 0 made of the gradient's: nothing is computed from it before the gradient is there. */
  #late(value: Value, gradient: Value): Value {
    const { graph } = this;
    const attributes = { start: { integer: 0 }, end: { integer: 1 } };
    const size = graph.node("Shape", [gradient], [1], { type: "int64", attributes });
    const zero = elementwise(graph, "Sub", size, size);
    const shape = elementwise(graph, "Add", graph.shape(value.dims), zero);
    return graph.node("Reshape", [value, shape], value.dims, { type: value.type });
  }
}
