import "../launch/quietRuntime.mjs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Dimension } from "./graph.ts";
import { Graph } from "./graph.ts";
import { encodeModel } from "./modelProto.ts";

export interface ProviderOptions {
  readonly provider: "cpu" | "cuda" | "webgpu";
  readonly threads: number;
  /** What sampling computes in; training always computes in float32. */
  readonly precision?: Precision;
}

export type Precision = "float32" | "float16";

/**
 * What becomes of the memory of a session's runs: it is kept for the next run, which is fastest where all runs are alike; or given back,
 * since onnxruntime would keep the most that any run took, in pieces that others do not fit.
 */
export type RunMemory = "kept" | "given-back";

/** Float32 numbers, or the bits of float16 ones. */
export type Numbers = Float32Array | Uint16Array;

export type Tensors = Record<string, Tensor>;

/**
 * onnxruntime-node writes outputs into the given tensors, and then still copies each into a new one. It converts
 * outputs in order and cannot convert a sequence: with a sequence in front it fails before the first copy, when all
 * results are written.
 */
const copyStopper = "copyStopper";
const copyStopped = /Non tensor type/;
/** Whether the installed onnxruntime-node behaves like that; tested once per thread. */
let stopsCopies: Promise<boolean> | undefined;

/** A graph that onnxruntime has loaded; sizes of symbolic axes are bound at each run. */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #shapeInputs: ReadonlyMap<string, readonly Dimension[]>;
  readonly #outputs: readonly string[];

  private constructor(session: InferenceSession, graph: Graph) {
    this.#session = session;
    this.#shapeInputs = graph.shapeInputs;
    this.#outputs = session.outputNames.filter((name) => name !== copyStopper);
  }

  static async create(
    graph: Graph,
    { provider, threads }: ProviderOptions,
    memory: RunMemory = "kept",
  ): Promise<GraphSession> {
    graph.firstOutputSequence(copyStopper);
    const session = await InferenceSession.create(encodeModel(graph), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Shapes vary, so remembered memory patterns would only hold memory.
      enableMemPattern: false,
      enableCpuMemArena: memory === "kept",
      logSeverityLevel: 3,
    });
    return new GraphSession(session, graph);
  }

  /** Runs the graph and returns new tensors. */
  async run(inputs: Tensors, sizes: Readonly<Record<string, number>>): Promise<Tensors> {
    return (await this.#session.run(this.#feeds(inputs, sizes), [...this.#outputs])) as Tensors;
  }

  /** Runs the graph and writes every output into a given tensor; these may be inputs too. */
  async runInto(inputs: Tensors, sizes: Readonly<Record<string, number>>, outputs: Tensors): Promise<void> {
    const feeds = this.#feeds(inputs, sizes);
    stopsCopies ??= findWhetherCopiesStop();
    if (await stopsCopies) await runWithoutCopies(this.#session, feeds, { ...outputs, [copyStopper]: null });
    else await this.#session.run(feeds, outputs);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #feeds(inputs: Tensors, sizes: Readonly<Record<string, number>>): Tensors {
    const feeds: Tensors = { ...inputs };
    for (const [name, dims] of this.#shapeInputs)
      feeds[name] = integerTensor(dims.map((size) => boundSize(size, sizes)));
    return feeds;
  }
}

/** Returns whether the copies were stopped. */
async function runWithoutCopies(
  session: InferenceSession,
  feeds: Tensors,
  fetches: Record<string, Tensor | null>,
): Promise<boolean> {
  try {
    await session.run(feeds, fetches);
    return false;
  } catch (error) {
    if (error instanceof Error && copyStopped.test(error.message)) return true;
    throw error;
  }
}

async function findWhetherCopiesStop(): Promise<boolean> {
  const graph = new Graph();
  graph.output(graph.node("Neg", [graph.input("x", [1])], [1]), "y");
  graph.firstOutputSequence(copyStopper);
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 4 });
  const y = floatTensor(new Float32Array(1));
  const stopped = await runWithoutCopies(session, { x: floatTensor(Float32Array.of(2)) }, { y, [copyStopper]: null });
  await session.release();
  return stopped && floats(y)[0] === -2;
}

function boundSize(size: Dimension, sizes: Readonly<Record<string, number>>): number {
  const bound = typeof size === "number" ? size : sizes[size];
  if (bound === undefined) throw new Error(`size "${size}" is not bound`);
  return bound;
}

/** A float32 tensor on `data`, which is not copied; a vector when `dims` is left out. */
export function floatTensor(data: Float32Array, dims: readonly number[] = [data.length]): Tensor {
  return new Tensor("float32", data, dims);
}

/** A tensor of float32, or of the bits of float16, on `data`, which is not copied. */
export function numbersTensor(data: Numbers, dims: readonly number[]): Tensor {
  return data instanceof Float32Array ? floatTensor(data, dims) : new Tensor("float16", data, dims);
}

/** Allocates zeros. */
export function allocateNumbers(precision: Precision, length: number): Numbers {
  return precision === "float32" ? new Float32Array(length) : new Uint16Array(length);
}

/** Numbers as 64-bit integers, which ONNX wants for indices. */
export function integerTensor(numbers: ArrayLike<number>, dims: readonly number[] = [numbers.length]): Tensor {
  const data = new BigInt64Array(numbers.length);
  const words = new Int32Array(data.buffer);
  for (let i = 0; i < numbers.length; i++) words[2 * i] = numbers[i] ?? 0;
  return new Tensor("int64", data, dims);
}

/** Numbers as 32-bit integers. */
export function smallIntegerTensor(numbers: Int32Array): Tensor {
  return new Tensor("int32", numbers, [numbers.length]);
}

/** The numbers of a float32 tensor. Throws for a missing tensor and for other types. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor === undefined || !(tensor.data instanceof Float32Array))
    throw new Error("the graph gave no float32 tensor here");
  return tensor.data;
}
