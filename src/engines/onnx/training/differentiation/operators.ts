import type { Dimension, Graph, NodeOptions, Value } from "../../../../onnx/graph.ts";
import { MICROSOFT, broadcastShape, sameShape } from "../../../../onnx/graph.ts";

/** Matrix product options: transposed operands, factor, and a matrix that is added. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly alpha?: number;
  readonly add?: Value | null;
}

/** An operator of one operand that keeps its shape. */
export function unary(graph: Graph, operator: string, a: Value): Value {
  return graph.node(operator, [a], a.dims);
}

/** Element by element, with broadcasting. */
export function elementwise(graph: Graph, operator: string, a: Value, b: Value): Value {
  return graph.node(operator, [a, b], broadcastShape(a.dims, b.dims));
}

/** Softmax over the last axis; the shape stays. */
export function softmaxOverLastAxis(graph: Graph, a: Value): Value {
  return graph.node("Softmax", [a], a.dims, { attributes: { axis: { integer: -1 } } });
}

/** Product of matrices; `add` is added to it (Gemm's C). */
export function gemm(graph: Graph, a: Value, b: Value, options: ProductOptions): Value {
  const rows = a.dims[options.transposeA === true ? 1 : 0] as Dimension;
  const columns = b.dims[options.transposeB === true ? 0 : 1] as Dimension;
  const operands = options.add === null || options.add === undefined ? [a, b] : [a, b, options.add];
  return graph.node("Gemm", operands, [rows, columns], { attributes: productAttributes(options) });
}

/** Product of the last two axes of tensors with equal leading axes. */
export function product(graph: Graph, a: Value, b: Value, options: Omit<ProductOptions, "add">): Value {
  const rows = a.dims[options.transposeA === true ? 3 : 2] as Dimension;
  const columns = b.dims[options.transposeB === true ? 2 : 3] as Dimension;
  return graph.node("FusedMatMul", [a, b], [...a.dims.slice(0, 2), rows, columns], {
    domain: MICROSOFT,
    attributes: productAttributes(options),
  });
}

function productAttributes({ transposeA, transposeB, alpha }: ProductOptions): NonNullable<NodeOptions["attributes"]> {
  return {
    transA: { integer: transposeA === true ? 1 : 0 },
    transB: { integer: transposeB === true ? 1 : 0 },
    alpha: { float: alpha ?? 1 },
  };
}

/** Undoes broadcasting: sums over the axes that `dims` lacks or has as 1. */
export function reduceTo(graph: Graph, value: Value, dims: readonly Dimension[]): Value {
  if (sameShape(value.dims, dims)) return value;
  const missing = value.dims.length - dims.length;
  const axes = value.dims
    .map((_, axis) => axis)
    .filter((axis) => axis < missing || (dims[axis - missing] === 1 && value.dims[axis] !== 1));
  const kept = value.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const sum = graph.node("ReduceSum", [value, graph.integers(axes)], kept, {
    attributes: { keepdims: { integer: 1 } },
  });
  return sameShape(kept, dims) ? sum : graph.reshape(sum, dims);
}

/** Parts of these sizes along an axis. */
export function split(graph: Graph, value: Value, axis: number, sizes: readonly Dimension[]): Value[] {
  const dims = sizes.map((size) => value.dims.map((old, i) => (i === axis ? size : old)));
  return graph.nodeWithOutputs("Split", [value, graph.shape(sizes)], dims, { attributes: { axis: { integer: axis } } });
}

/** Positions start … end − 1 of an axis, `size` of them. */
export function slice(
  graph: Graph,
  value: Value,
  axis: number,
  start: Dimension,
  end: Dimension,
  size: Dimension,
): Value {
  const dims = value.dims.map((old, i) => (i === axis ? size : old));
  return graph.node("Slice", [value, graph.shape([start]), graph.shape([end]), graph.integers([axis])], dims);
}

/** Zeros behind the last of four axes, `count` of them. */
export function padLastAxis(graph: Graph, value: Value, dims: readonly Dimension[], count: Dimension): Value {
  return graph.node("Pad", [value, graph.shape([0, 0, 0, 0, 0, 0, 0, count])], dims);
}
