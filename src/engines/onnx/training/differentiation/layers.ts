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
      gradient: (g, sum) => ({
        value: gemm(graph, g, tape.again(x, g), { transposeA: true, add: sum }),
        accumulates: sum !== null,
      }),
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
  let inverseRoot: Value | undefined;
  const [result] = tape.cheap([x], (input) => {
    const [normed, given] = graph.nodeWithOutputs(
      "SimplifiedLayerNormalization",
      [input, weight],
      tape.normGivesStatistics ? [x.dims, statistics] : [x.dims],
      {
        attributes: { axis: { integer: -1 }, epsilon: { float: epsilon }, stash_type: { integer: 1 } },
      },
    ) as [Value, Value | undefined];
    inverseRoot ??= given;
    return [normed];
  });
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
  const [sigmoid, silu, result] = tape.cheap([gate, up], (input, factor) => {
    const share = unary(graph, "Sigmoid", input);
    const gated = times(input, share);
    return [share, gated, times(gated, factor)];
  });
  return tape.record(result, [
    operand(gate, (g) => {
      const share = tape.again(sigmoid, g);
      const rest = times(tape.again(silu, g), elementwise(graph, "Sub", graph.scalar(1), share));
      return times(times(g, up), elementwise(graph, "Add", share, rest));
    }),
    operand(up, (g) => times(g, tape.again(silu, g))),
  ]);
}

/** GeGLU's gate: gelu(gate) · up, with gelu(x) = x ÷ 2 · (1 + tanh(√(2 ÷ π) · (x + 0.044715 · x³))) (arXiv 1606.08415). */
export function geluMultiply(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape;
  const times = (a: Value, b: Value): Value => elementwise(graph, "Mul", a, b);
  const plus = (a: Value, b: Value): Value => elementwise(graph, "Add", a, b);
  const number = (value: number): Value => graph.scalar(value);
  const root = Math.sqrt(2 / Math.PI);
  const [square, tanh, share, gelu, result] = tape.cheap([gate, up], (input, factor) => {
    const squared = times(input, input);
    const bent = unary(graph, "Tanh", times(input, plus(number(root), times(number(root * 0.044715), squared))));
    const part = times(number(0.5), plus(number(1), bent));
    const gated = times(input, part);
    return [squared, bent, part, gated, times(gated, factor)];
  });
  return tape.record(result, [
    operand(gate, (g) => {
      const slope = plus(number(root), times(number(3 * root * 0.044715), tape.again(square, g)));
      const bend = elementwise(graph, "Sub", number(1), times(tape.again(tanh, g), tape.again(tanh, g)));
      const rest = times(times(number(0.5), gate), times(bend, slope));
      return times(times(g, up), plus(tape.again(share, g), rest));
    }),
    operand(up, (g) => times(g, tape.again(gelu, g))),
  ]);
}
