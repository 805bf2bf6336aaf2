import type { Dimension, Value } from "../../../../onnx/graph.ts";
import { MICROSOFT } from "../../../../onnx/graph.ts";
import { elementwise, gemm, reduceTo, unary } from "./operators.ts";
import type { Operand, Tape } from "./tape.ts";
import { operand } from "./tape.ts";

/** x [N, in] · weightᵀ with weight [out, in], plus bias [out]. */
export function linear(tape: Tape, x: Value, weight: Value, bias: Value | null): Value {
  const { graph } = tape;
  const operands: Operand[] = [
    { value: x, gradient: (g, sum) => ({ value: gemm(graph, g, weight, { add: sum }), accumulates: sum !== null }) },
    {
      value: weight,
      gradient: (g, sum) => ({ value: gemm(graph, g, x, { transposeA: true, add: sum }), accumulates: sum !== null }),
    },
  ];
  if (bias !== null) operands.push(operand(bias, (g) => reduceTo(graph, g, bias.dims)));
  return tape.record(gemm(graph, x, weight, { transposeB: true, add: bias }), operands);
}

/** Sums of the rows of x [M, 1] with weights [B, M] that need no gradient: [B, 1]. */
export function weightedSums(tape: Tape, weights: Value, x: Value): Value {
  return tape.record(gemm(tape.graph, weights, x, {}), [
    operand(x, (g) => gemm(tape.graph, weights, g, { transposeA: true })),
  ]);
}

/** Root-mean-square norm over the last axis, times a weight: x · (mean x² + ε)^(−1/2) · w (arXiv 1910.07467). */
export function rmsNorm(tape: Tape, x: Value, weight: Value, epsilon: number): Value {
  const { graph } = tape;
  const statistics: Dimension[] = [...x.dims.slice(0, -1), 1];
  const mean = (value: Value): Value =>
    graph.node("ReduceMean", [value, graph.integers([x.dims.length - 1])], statistics);
  const [result, given] = graph.nodeWithOutputs(
    "SimplifiedLayerNormalization",
    [x, weight],
    tape.normGivesStatistics ? [x.dims, statistics] : [x.dims],
    {
      attributes: { axis: { integer: -1 }, epsilon: { float: epsilon }, stash_type: { integer: 1 } },
    },
  ) as [Value, Value | undefined];
  let inverseRoot = given;
  const inverse = (): Value => {
    inverseRoot ??= unary(
      graph,
      "Reciprocal",
      unary(graph, "Sqrt", elementwise(graph, "Add", mean(elementwise(graph, "Mul", x, x)), graph.scalar(epsilon))),
    );
    return inverseRoot;
  };
  const normalised = (): Value => elementwise(graph, "Mul", x, inverse());
  return tape.record(result, [
    operand(x, (g) => {
      const scaled = elementwise(graph, "Mul", g, weight);
      const unit = normalised();
      const along = elementwise(graph, "Mul", unit, mean(elementwise(graph, "Mul", scaled, unit)));
      return elementwise(graph, "Mul", elementwise(graph, "Sub", scaled, along), inverse());
    }),
    operand(weight, (g) => reduceTo(graph, elementwise(graph, "Mul", g, normalised()), weight.dims)),
  ]);
}

/** Rotary position embedding of x [B, heads, S, size] (halves convention); cosine, sine [≥ S, size / 2]; position 0 is the first token. */
export function rotary(tape: Tape, x: Value, cosine: Value, sine: Value): Value {
  const { graph } = tape;
  const rotate = (value: Value, signedSine: Value): Value =>
    graph.node("RotaryEmbedding", [value, graph.integers([0]), cosine, signedSine], x.dims, { domain: MICROSOFT });
  return tape.record(rotate(x, sine), [operand(x, (g) => rotate(g, unary(graph, "Neg", sine)))]);
}

/** SwiGLU's gate: silu(gate) · up, with silu(x) = x · sigmoid(x). */
export function siluMultiply(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape;
  const times = (a: Value, b: Value): Value => elementwise(graph, "Mul", a, b);
  const sigmoid = unary(graph, "Sigmoid", gate);
  const silu = times(gate, sigmoid);
  return tape.record(times(silu, up), [
    operand(gate, (g) => {
      const rest = times(silu, elementwise(graph, "Sub", graph.scalar(1), sigmoid));
      return times(times(g, up), elementwise(graph, "Add", sigmoid, rest));
    }),
    operand(up, (g) => times(g, silu)),
  ]);
}

/** GeGLU's gate: gelu(gate) · up, with gelu(x) = x ÷ 2 · (1 + tanh(√(2 ÷ π) · (x + 0.044715 · x³))) (arXiv 1606.08415). */
export function geluMultiply(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape;
  const times = (a: Value, b: Value): Value => elementwise(graph, "Mul", a, b);
  const plus = (a: Value, b: Value): Value => elementwise(graph, "Add", a, b);
  const number = (value: number): Value => graph.scalar(value);
  const root = Math.sqrt(2 / Math.PI);
  const square = times(gate, gate);
  const inner = times(gate, plus(number(root), times(number(root * 0.044715), square)));
  const tanh = unary(graph, "Tanh", inner);
  const share = times(number(0.5), plus(number(1), tanh));
  const gelu = times(gate, share);
  return tape.record(times(gelu, up), [
    operand(gate, (g) => {
      const slope = plus(number(root), times(number(3 * root * 0.044715), square));
      const bend = elementwise(graph, "Sub", number(1), times(tanh, tanh));
      const rest = times(times(number(0.5), gate), times(bend, slope));
      return times(times(g, up), plus(share, rest));
    }),
    operand(up, (g) => times(g, gelu)),
  ]);
}
