import type { Tensor } from "onnxruntime-node";
import type { Graph, GraphNode, Initializer, Value } from "./graph.ts";
import { numbersTensor } from "./graphSession.ts";
import type { Tensors } from "./graphSession.ts";
import { writeHalves } from "./halfFloat.ts";

/** onnx.proto: TensorProto.DataType, which Cast takes. */
const castTypes = { float32: 1, float16: 10 } as const;

/** Inputs of a sampling graph that the caller gives in float32 and the graph converts: small, or wanted exactly. */
const tables: ReadonlySet<string> = new Set(["cosine", "sine", "mask"]);
/** From the node with this input on, the graph computes in float32: logits and probabilities. */
const temperature = "inverseTemperature";

/**
 * Turns a sampling graph into one that computes in float16. Weights and cached keys and values are float16; logits are
 * scaled and turned into probabilities in float32. Norms compute in float32 by themselves (stash_type).
 */
export function computeInHalfPrecision(graph: Graph): void {
  graph.inputs.forEach((input, i) => {
    if (input.type === "float32" && !tables.has(input.name) && input.name !== temperature)
      graph.inputs[i] = { ...input, type: "float16" };
  });
  graph.outputs.forEach((output, i) => {
    if (output.name !== "probabilities") graph.outputs[i] = { ...output, type: "float16" };
  });
  graph.initializers.forEach((initializer, i) => (graph.initializers[i] = halved(initializer)));
  const casts = graph.inputs
    .filter((input) => tables.has(input.name))
    .map((input) => castNode(input.name, halfName(input.name), "float16"));
  const nodes = graph.nodes.flatMap((node) => (node.inputs.includes(temperature) ? widened(node) : [renamed(node)]));
  graph.nodes.splice(0, graph.nodes.length, ...casts, ...nodes);
}

/** Float16 copies of float32 weights, made anew by `refresh`. */
export class HalfWeights {
  readonly tensors: Tensors = {};
  readonly #copies: { readonly from: Float32Array; readonly to: Uint16Array }[] = [];

  constructor(weights: Readonly<Record<string, Tensor>>) {
    for (const [name, { data, dims }] of Object.entries(weights)) {
      if (!(data instanceof Float32Array)) throw new Error(`weight "${name}" is not float32`);
      const to = new Uint16Array(data.length);
      this.#copies.push({ from: data, to });
      this.tensors[name] = numbersTensor(to, dims);
    }
  }

  refresh(): void {
    for (const { from, to } of this.#copies) writeHalves(from, to);
  }
}

function halved(initializer: Initializer): Initializer {
  const { value, data } = initializer;
  if (!(data instanceof Float32Array)) return initializer;
  const halves = new Uint16Array(data.length);
  writeHalves(data, halves);
  return { value: { ...value, type: "float16" }, data: halves };
}

function castNode(from: string, to: string, type: keyof typeof castTypes): GraphNode {
  return {
    operator: "Cast",
    domain: "",
    inputs: [from],
    outputs: [to],
    attributes: { to: { integer: castTypes[type] } },
  };
}

function halfName(name: Value["name"]): string {
  return `half:${name}`;
}

function renamed(node: GraphNode): GraphNode {
  return { ...node, inputs: node.inputs.map((name) => (tables.has(name) ? halfName(name) : name)) };
}

/** Returns the node, with the operand beside the temperature converted to float32 first. */
function widened(node: GraphNode): GraphNode[] {
  const inputs = node.inputs.map((name) => (name === temperature ? name : `wide:${name}`));
  const casts = node.inputs
    .filter((name) => name !== temperature)
    .map((name) => castNode(name, `wide:${name}`, "float32"));
  return [...casts, { ...node, inputs }];
}
