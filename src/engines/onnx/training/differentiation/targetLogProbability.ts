import type { Dimension, Value } from "../../../../onnx/graph.ts";
import { elementwise, gemm, product, softmaxOverLastAxis, unary } from "./operators.ts";
import type { Operand, Tape } from "./tape.ts";
import { operand } from "./tape.ts";

/**
 * Log-probability [M, 1] of targets [M] under softmax(logits), logits = x [M, in] · weightᵀ [in, V], and its entropy H [M, 1]
 * (nats), whose gradient for the logits is −p · (log p + H). With largest logit z* and largest share p*, log p = z − z* + log p*, which never underflows.
 * The gradient of the logits, g · (onehot − p), is never formed: the caller adds the rows g · x, which the tape's `rowGradients`
 * then hold under the weight's name, to the weight's gradient at the targets.
 */
export function targetLogProbability(
  tape: Tape,
  x: Value,
  weight: Value,
  targets: Value,
): { logProbability: Value; entropy: Value } {
  const { graph } = tape;
  const rows = x.dims[0] as Dimension;
  const column = [rows, 1];
  const logits = gemm(graph, x, weight, { transposeB: true });
  const shares = softmaxOverLastAxis(graph, logits);
  const largest = (value: Value): Value => graph.node("ReduceMax", [value, graph.integers([1])], column);
  const offset = elementwise(graph, "Sub", largest(logits), unary(graph, "Log", largest(shares)));
  const picked = graph.node("GatherElements", [logits, graph.reshape(targets, column)], column, {
    attributes: { axis: { integer: 1 } },
    type: "float32",
  });
  const logProbability = elementwise(graph, "Sub", picked, offset);
  // As a product of matrices: shares · logits, element by element, would be as large as the logits once more.
  const single = (value: Value): Value => graph.reshape(value, [rows, 1, 1, value.dims[1] as Dimension]);
  const expected = graph.reshape(product(graph, single(shares), single(logits), { transposeB: true }), column);
  const entropy = elementwise(graph, "Sub", offset, expected);
  tape.record(logProbability, targetOperands(tape, x, weight, targets, shares));
  tape.record(
    entropy,
    entropyOperands(tape, x, weight, () =>
      elementwise(graph, "Mul", shares, elementwise(graph, "Sub", logits, elementwise(graph, "Sub", offset, entropy))),
    ),
  );
  return { logProbability, entropy };
}

function targetOperands(tape: Tape, x: Value, weight: Value, targets: Value, shares: Value): Operand[] {
  const { graph } = tape;
  return [
    operand(x, (g) => {
      const atTargets = graph.node("Gather", [weight, targets], x.dims, { type: "float32" });
      return elementwise(graph, "Mul", gemm(graph, shares, weight, { alpha: -1, add: atTargets }), g);
    }),
    {
      value: weight,
      gradient: (g, sum) => {
        const scaled = elementwise(graph, "Mul", x, g);
        tape.rowGradients.set(weight.name, scaled);
        return {
          value: gemm(graph, shares, scaled, { transposeA: true, alpha: -1, add: sum }),
          accumulates: sum !== null,
        };
      },
    },
  ];
}

/** `ofLogits` makes p · (log p + H) [M, V], the negated gradient; as large as the logits, so it is made once and only where it is needed. */
function entropyOperands(tape: Tape, x: Value, weight: Value, ofLogits: () => Value): Operand[] {
  const { graph } = tape;
  let known: Value | null = null;
  const negated = (): Value => (known ??= ofLogits());
  return [
    operand(x, (g) => elementwise(graph, "Mul", gemm(graph, negated(), weight, { alpha: -1 }), g)),
    {
      value: weight,
      gradient: (g, sum) => ({
        value: gemm(graph, negated(), elementwise(graph, "Mul", x, g), { transposeA: true, alpha: -1, add: sum }),
        accumulates: sum !== null,
      }),
    },
  ];
}
