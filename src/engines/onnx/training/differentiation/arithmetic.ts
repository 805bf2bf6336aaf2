import type { Dimension, Value } from "../../../../onnx/graph.ts";
import { elementwise, reduceTo, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";
import { operand } from "./tape.ts";

/** a + b, element by element, with broadcasting. */
export function add(tape: Tape, a: Value, b: Value): Value {
  const { graph } = tape;
  return tape.record(elementwise(graph, "Add", a, b), [
    operand(a, (g) => reduceTo(graph, g, a.dims)),
    operand(b, (g) => reduceTo(graph, g, b.dims)),
  ]);
}

/** a − b, element by element, with broadcasting. */
export function subtract(tape: Tape, a: Value, b: Value): Value {
  const { graph } = tape;
  return tape.record(elementwise(graph, "Sub", a, b), [
    operand(a, (g) => reduceTo(graph, g, a.dims)),
    operand(b, (g) => reduceTo(graph, unary(graph, "Neg", g), b.dims)),
  ]);
}

/** a · b, element by element, with broadcasting. */
export function multiply(tape: Tape, a: Value, b: Value): Value {
  const { graph } = tape;
  return tape.record(elementwise(graph, "Mul", a, b), [
    operand(a, (g) => reduceTo(graph, elementwise(graph, "Mul", g, b), a.dims)),
    operand(b, (g) => reduceTo(graph, elementwise(graph, "Mul", g, a), b.dims)),
  ]);
}

/** eᵃ, element by element. */
export function exponential(tape: Tape, a: Value): Value {
  const result = unary(tape.graph, "Exp", a);
  return tape.record(result, [operand(a, (g) => elementwise(tape.graph, "Mul", g, result))]);
}

/** −a, element by element. */
export function negate(tape: Tape, a: Value): Value {
  return tape.record(unary(tape.graph, "Neg", a), [operand(a, (g) => unary(tape.graph, "Neg", g))]);
}

/** Element-wise a or b; both of the result's shape. */
export function where(tape: Tape, condition: Value, a: Value, b: Value): Value {
  const zero = tape.graph.scalar(0);
  const choose = (x: Value, y: Value): Value =>
    tape.graph.node("Where", [condition, x, y], a.dims, { type: "float32" });
  return tape.record(choose(a, b), [operand(a, (g) => choose(g, zero)), operand(b, (g) => choose(zero, g))]);
}

/** Sum over all elements, shape [1, 1] for matrices. */
export function sumAll(tape: Tape, a: Value): Value {
  const { graph } = tape;
  const axes = graph.integers(a.dims.map((_, axis) => axis));
  const result = graph.node(
    "ReduceSum",
    [a, axes],
    a.dims.map(() => 1),
    { attributes: { keepdims: { integer: 1 } } },
  );
  return tape.record(result, [operand(a, (g) => graph.node("Expand", [g, graph.shape(a.dims)], a.dims))]);
}

/** The same elements in another shape of equal size. */
export function reshape(tape: Tape, a: Value, dims: readonly Dimension[]): Value {
  return tape.record(tape.graph.reshape(a, dims), [operand(a, (g) => tape.graph.reshape(g, a.dims))]);
}

/** Axis i of the result is axis `order[i]` of a. */
export function transpose(tape: Tape, a: Value, order: readonly number[]): Value {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return tape.record(tape.graph.transpose(a, order), [operand(a, (g) => tape.graph.transpose(g, inverse))]);
}

/** Heads' results [B, heads, S, size] side by side: [N, heads · size]. */
export function joinHeads(tape: Tape, a: Value): Value {
  const { graph } = tape;
  const [batch, heads, length, size] = a.dims as [Dimension, number, Dimension, number];
  const [result] = tape.cheap([a], (input) => [
    graph.reshape(graph.transpose(input, [0, 2, 1, 3]), ["N", heads * size]),
  ]);
  return tape.record(result, [
    operand(a, (g) => graph.transpose(graph.reshape(g, [batch, length, heads, size]), [0, 2, 1, 3])),
  ]);
}

/** Rows of a matrix, each at most once; rows [M] int64. */
export function gatherRows(tape: Tape, a: Value, rows: Value): Value {
  const { graph } = tape;
  const count = rows.dims[0] as Dimension;
  const result = graph.node("Gather", [a, rows], [count, a.dims[1] as Dimension], { type: "float32" });
  return tape.record(result, [
    operand(a, (g) => {
      const zeros = graph.node("Expand", [graph.scalar(0), graph.shape(a.dims)], a.dims);
      return graph.node("ScatterND", [zeros, graph.reshape(rows, [count, 1]), g], a.dims);
    }),
  ]);
}
