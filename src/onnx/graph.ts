/** Size of an axis: known, or the name of a size that the caller binds at each run. */
export type Dimension = number | string;
export type ElementType = "float32" | "float16" | "int32" | "int64" | "bool" | "sequence";

/** A tensor of a graph, known by name. */
export interface Value {
  readonly name: string;
  readonly dims: readonly Dimension[];
  readonly type: ElementType;
}

export type Attribute =
  | { readonly integer: number }
  | { readonly float: number }
  | { readonly integers: readonly number[] };

export interface GraphNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly value: Value;
  /** Float16 as its bits. */
  readonly data: Float32Array | Uint16Array | BigInt64Array | Int32Array;
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly type?: ElementType;
}

/** Operators that onnxruntime adds to the standard ones. */
export const MICROSOFT = "com.microsoft";

/** An ONNX graph under construction: names, shapes, constants; it knows nothing of differentiation. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly initializers: Initializer[] = [];
  /** Inputs that hold a shape whose sizes are bound at each run. */
  readonly shapeInputs = new Map<string, readonly Dimension[]>();
  /** Values that are outputs, and the names they have as such. */
  readonly outputNames = new Map<string, string>();
  readonly #constants = new Map<string, Value>();
  #count = 0;

  input(name: string, dims: readonly Dimension[], type: ElementType = "float32"): Value {
    const value = { name, dims, type };
    this.inputs.push(value);
    return value;
  }

  /** Declares a node's result as an output called `name`. */
  output(value: Value, name: string): void {
    if (this.outputNames.has(value.name)) throw new Error(`"${value.name}" is an output already`);
    this.outputNames.set(value.name, name);
    this.outputs.push({ ...value, name });
  }

  /** Declares an output that is no tensor, before all others. */
  firstOutputSequence(name: string): void {
    this.nodes.push({
      operator: "SequenceConstruct",
      domain: "",
      inputs: [this.scalar(0).name],
      outputs: [name],
      attributes: {},
    });
    this.outputs.unshift({ name, dims: [], type: "sequence" });
  }

  /** One node with one output of shape `dims`; a null input is left out. */
  node(
    operator: string,
    inputs: readonly (Value | null)[],
    dims: readonly Dimension[],
    options: NodeOptions = {},
  ): Value {
    return this.nodeWithOutputs(operator, inputs, [dims], options)[0] as Value;
  }

  /** One node with several outputs. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly (Value | null)[],
    dims: readonly (readonly Dimension[])[],
    options: NodeOptions = {},
  ): Value[] {
    const type = options.type ?? inputs.find((input) => input !== null)?.type ?? "float32";
    const outputs = dims.map((shape) => ({ name: `${operator}_${this.#count++}`, dims: shape, type }));
    this.nodes.push({
      operator,
      domain: options.domain ?? "",
      inputs: inputs.map((input) => input?.name ?? ""),
      outputs: outputs.map((output) => output.name),
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  scalar(number: number): Value {
    return this.#constant(`scalar:${number}`, () => ({ data: Float32Array.of(number), dims: [], type: "float32" }));
  }

  /** A vector of 64-bit integers. */
  integers(numbers: readonly number[]): Value {
    return this.#constant(`integers:${numbers.join(",")}`, () => ({
      data: BigInt64Array.from(numbers.map(BigInt)),
      dims: [numbers.length],
      type: "int64",
    }));
  }

  /** A shape as an operand: a constant, or an input that the session fills from the bound sizes. */
  shape(dims: readonly Dimension[]): Value {
    if (dims.every((size) => typeof size === "number")) return this.integers(dims);
    const name = `shape:${dims.join(",")}`;
    if (!this.shapeInputs.has(name)) {
      this.shapeInputs.set(name, dims);
      return this.input(name, [dims.length], "int64");
    }
    return { name, dims: [dims.length], type: "int64" };
  }

  reshape(value: Value, dims: readonly Dimension[]): Value {
    const unknown = dims.filter((size) => typeof size === "string").length;
    const target =
      unknown === 1 ? this.integers(dims.map((size) => (typeof size === "string" ? -1 : size))) : this.shape(dims);
    return this.node("Reshape", [value, target], dims);
  }

  transpose(value: Value, order: readonly number[]): Value {
    return this.node(
      "Transpose",
      [value],
      order.map((axis) => value.dims[axis] as Dimension),
      { attributes: { perm: { integers: order } } },
    );
  }

  #constant(key: string, make: () => { data: Initializer["data"]; dims: Dimension[]; type: ElementType }): Value {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const { data, dims, type } = make();
    const value = { name: `constant:${key}`, dims, type };
    this.initializers.push({ value, data });
    this.#constants.set(key, value);
    return value;
  }
}

/** Whether two shapes are equal, axis by axis. */
export function sameShape(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Shape of an element-wise operation (ONNX multidirectional broadcasting). */
export function broadcastShape(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    return left === 1 ? right : left;
  });
}
