import type { OptimizerSettings } from "../port.ts";
import { createOptimizerKernel } from "./optimizerKernel.ts";
import type { OptimizerKernel } from "./optimizerKernel.ts";
import type { ModelLayout } from "./lora.ts";
import { countParameters } from "./parameters.ts";
import type { Parameter } from "./parameters.ts";

/** Part of the flat array of weights, in elements; both ends are multiples of 4, the width of the optimiser's vectors. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const pageBytes = 65_536;
/** WebAssembly addresses 4 GiB. */
const maximumPages = 65_536;

/** Splits the weights into one range of whole tensors for each replica, of about equal sizes. */
export function splitRanges(parameters: readonly Parameter[], replicas: number): Range[] {
  const total = roundUp(countParameters(parameters), 4);
  const starts = parameters.map((parameter) => parameter.offset).filter((offset) => offset % 4 === 0);
  const cuts = Array.from({ length: replicas - 1 }, (_, i) => nearest(starts, (total * (i + 1)) / replicas));
  const edges = [0, ...cuts.sort((a, b) => a - b), total];
  return Array.from({ length: replicas }, (_, i) => ({ start: edges[i] ?? 0, end: edges[i + 1] ?? total }));
}

/** Whose learning weights: the policy's own, or those of the reference that a KL term compares it with. */
export type WeightOwner = "policy" | "reference";

/**
 * A replica's learning weights with their gradient, and the moments of its own range, in one WebAssembly memory: onnxruntime
 * reads and writes it without copies, and the optimiser runs on it. Frozen weights lie outside of it.
 */
export class ReplicaState {
  readonly layout: ModelLayout;
  readonly own: Range;
  readonly frozenWeights: Float32Array;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  /** First and second moment of the own range. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** Learning weights of the reference policy; empty until one is loaded. */
  reference = new Float32Array(0);
  readonly #kernel: OptimizerKernel;
  readonly #frozen: ReadonlySet<Parameter>;

  constructor(layout: ModelLayout, own: Range) {
    const total = roundUp(countParameters(layout.trained), 4);
    const owned = own.end - own.start;
    const pages = Math.ceil(((total + owned) * 2 * 4) / pageBytes);
    if (pages > maximumPages) {
      throw new Error(`${total} weights with their gradient and moments need ${((pages * pageBytes) / 2 ** 30).toFixed(1)} GiB; a replica holds at most 4 GiB`);
    }
    const memory = new WebAssembly.Memory({ initial: Math.max(1, pages), maximum: Math.max(1, pages) });
    this.layout = layout;
    this.own = own;
    this.frozenWeights = new Float32Array(countParameters(layout.frozen));
    this.#frozen = new Set(layout.frozen);
    this.weights = new Float32Array(memory.buffer, 0, total);
    this.gradient = new Float32Array(memory.buffer, total * 4, total);
    this.mean = new Float32Array(memory.buffer, total * 8, owned);
    this.square = new Float32Array(memory.buffer, total * 8 + owned * 4, owned);
    this.#kernel = createOptimizerKernel(memory);
  }

  /** All weights, frozen ones first. */
  get parameters(): readonly Parameter[] {
    return [...this.layout.frozen, ...this.layout.trained];
  }

  weight(parameter: Parameter, owner: WeightOwner = "policy"): Float32Array {
    const { offset, size } = parameter;
    const learning = owner === "policy" ? this.weights : this.reference;
    return (this.#frozen.has(parameter) ? this.frozenWeights : learning).subarray(offset, offset + size);
  }

  weightGradient({ offset, size }: Parameter): Float32Array {
    return this.gradient.subarray(offset, offset + size);
  }

  /** Tensors whose moments this replica holds. */
  ownParameters(): Parameter[] {
    return this.layout.trained.filter(({ offset }) => offset >= this.own.start && offset < this.own.end);
  }

  /** A tensor's part of the own range's moments. */
  ownPart(moments: Float32Array, { offset, size }: Parameter): Float32Array {
    return moments.subarray(offset - this.own.start, offset - this.own.start + size);
  }

  /** Sum of squares of the gradient in the own range. */
  gradientSquares(): number {
    return this.#kernel.sumOfSquares(this.gradient.byteOffset + this.own.start * 4, this.own.end - this.own.start);
  }

  /** AdamW on the own range; `step` counts from 1; `scale` clips the gradient. Clears the gradient. */
  applyGradient(settings: OptimizerSettings, step: number, scale: number): void {
    const { learningRate, beta1, beta2, epsilon, weightDecay } = settings;
    const start = this.own.start * 4;
    this.#kernel.adamw(
      this.weights.byteOffset + start, this.gradient.byteOffset + start, this.mean.byteOffset, this.square.byteOffset,
      this.own.end - this.own.start, scale, beta1, beta2,
      1 - learningRate * weightDecay, learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step), epsilon,
    );
    this.gradient.fill(0);
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function nearest(candidates: readonly number[], target: number): number {
  return candidates.reduce((best, candidate) => (Math.abs(candidate - target) < Math.abs(best - target) ? candidate : best), 0);
}
