import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Dimension, Graph } from "./graph.ts";
import { encodeModel } from "./modelProto.ts";

export interface ProviderOptions {
  readonly provider: "cpu" | "cuda" | "webgpu";
  readonly threads: number;
}

export type Tensors = Record<string, Tensor>;

/** A graph that onnxruntime has loaded; sizes of symbolic axes are bound at each run. */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #shapeInputs: ReadonlyMap<string, readonly Dimension[]>;

  private constructor(session: InferenceSession, shapeInputs: ReadonlyMap<string, readonly Dimension[]>) {
    this.#session = session;
    this.#shapeInputs = shapeInputs;
  }

  static async create(graph: Graph, { provider, threads }: ProviderOptions): Promise<GraphSession> {
    const session = await InferenceSession.create(encodeModel(graph), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Shapes vary, so remembered memory patterns would only hold memory.
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
    return new GraphSession(session, graph.shapeInputs);
  }

  /** Runs the graph; outputs named in `fetched` are written into the given tensors, which may be inputs too. */
  async run(inputs: Tensors, sizes: Readonly<Record<string, number>>, fetched: Tensors = {}): Promise<Tensors> {
    const feeds: Tensors = { ...inputs };
    for (const [name, dims] of this.#shapeInputs) feeds[name] = integerTensor(dims.map((size) => boundSize(size, sizes)));
    const fetches: Record<string, Tensor | null> = {};
    for (const name of this.#session.outputNames) fetches[name] = fetched[name] ?? null;
    return (await this.#session.run(feeds, fetches)) as Tensors;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function boundSize(size: Dimension, sizes: Readonly<Record<string, number>>): number {
  const bound = typeof size === "number" ? size : sizes[size];
  if (bound === undefined) throw new Error(`size "${size}" is not bound`);
  return bound;
}

export function floatTensor(data: Float32Array, dims: readonly number[] = [data.length]): Tensor {
  return new Tensor("float32", data, dims);
}

/** Numbers as 64-bit integers, which ONNX wants for indices. */
export function integerTensor(numbers: ArrayLike<number>, dims: readonly number[] = [numbers.length]): Tensor {
  const data = new BigInt64Array(numbers.length);
  const words = new Int32Array(data.buffer);
  for (let i = 0; i < numbers.length; i++) words[2 * i] = numbers[i] ?? 0;
  return new Tensor("int64", data, dims);
}

export function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor === undefined || !(tensor.data instanceof Float32Array)) throw new Error("the graph gave no float32 tensor here");
  return tensor.data;
}
