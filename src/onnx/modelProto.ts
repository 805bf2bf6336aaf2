import type { Attribute, Dimension, ElementType, Graph, GraphNode, Initializer, Value } from "./graph.ts";
import { MICROSOFT } from "./graph.ts";
import { ProtobufWriter } from "./protobuf.ts";

/** ONNX file format 10, operator set 21 (onnx.proto: ModelProto). */
const FORMAT_VERSION = 10;
const OPERATOR_SET = 21;
/** onnx.proto: TensorProto.DataType. */
const ELEMENT_TYPES: Record<Exclude<ElementType, "sequence">, number> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** The bytes of an ONNX model that holds this graph. */
export function encodeModel(graph: Graph): Uint8Array {
  return new ProtobufWriter()
    .integer(1, FORMAT_VERSION)
    .text(2, "med-r3")
    .message(7, graphProto(graph))
    .message(8, new ProtobufWriter().text(1, "").integer(2, OPERATOR_SET))
    .message(8, new ProtobufWriter().text(1, MICROSOFT).integer(2, 1))
    .finish();
}

/**
 * Nodes are written last first. onnxruntime walks back from the results that nothing else needs, the one of the highest index first,
 * and so runs them in the order in which they were made: each weight's gradient right after what it is computed from, instead of all
 * at the end of the backward pass, when every layer's would have to be kept for them.
 */
function graphProto(graph: Graph): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const node of graph.nodes.toReversed()) writer.message(1, nodeProto(node, graph.outputNames));
  writer.text(2, "graph");
  for (const initializer of graph.initializers) writer.message(5, tensorProto(initializer));
  for (const input of graph.inputs) writer.message(11, valueInfoProto(input));
  for (const output of graph.outputs) writer.message(12, valueInfoProto(output));
  return writer;
}

function nodeProto(node: GraphNode, outputNames: ReadonlyMap<string, string>): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.text(1, outputNames.get(input) ?? input);
  for (const output of node.outputs) writer.text(2, outputNames.get(output) ?? output);
  writer.text(3, node.outputs[0] ?? "").text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) writer.message(5, attributeProto(name, attribute));
  if (node.domain !== "") writer.text(7, node.domain);
  return writer;
}

function attributeProto(name: string, attribute: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if ("float" in attribute) return writer.float(2, attribute.float).integer(20, 1);
  if ("integer" in attribute) return writer.integer(3, attribute.integer).integer(20, 2);
  for (const integer of attribute.integers) writer.integer(8, integer);
  return writer.integer(20, 7);
}

function tensorProto({ value, data }: Initializer): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const size of value.dims) writer.integer(1, Number(size));
  return writer
    .integer(2, elementType(value))
    .text(8, value.name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueInfoProto(value: Value): ProtobufWriter {
  const named = new ProtobufWriter().text(1, value.name);
  // The type of a sequence is left to inference.
  if (value.type === "sequence") return named;
  const shape = new ProtobufWriter();
  for (const size of value.dims) shape.message(1, dimensionProto(size));
  const tensorType = new ProtobufWriter().integer(1, elementType(value)).message(2, shape);
  return named.message(2, new ProtobufWriter().message(1, tensorType));
}

function elementType(value: Value): number {
  if (value.type === "sequence") throw new Error(`"${value.name}" is no tensor`);
  return ELEMENT_TYPES[value.type];
}

function dimensionProto(size: Dimension): ProtobufWriter {
  return typeof size === "number" ? new ProtobufWriter().integer(1, size) : new ProtobufWriter().text(2, size);
}
