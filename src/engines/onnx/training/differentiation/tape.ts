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
  #entries: TapeEntry[] = [];
  #recording = true;
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
    if (flowed !== undefined)
      this.#addGradient(
        operand(input, () => flowed),
        gradient,
        gradients,
      );
  }
}
