import type { OptimizerSettings } from "../../../policy/port.ts";
import { allocateWeights, createLearningArrays } from "../training/learningArrays.ts";
import type { LearningArrays, Range } from "../training/learningArrays.ts";
import type { ModelLayout } from "../model/lora.ts";
import { countParameters } from "../model/parameters.ts";
import type { Parameter } from "../model/parameters.ts";

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
 * A replica's learning weights with their gradient, and the moments of its own range: onnxruntime reads and writes them
 * without copies, and the optimiser runs on them. Frozen weights have an array of their own.
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
  readonly #arrays: LearningArrays;
  readonly #frozen: ReadonlySet<Parameter>;

  constructor(layout: ModelLayout, own: Range) {
    const total = roundUp(countParameters(layout.trained), 4);
    this.layout = layout;
    this.own = own;
    this.frozenWeights = allocateWeights(countParameters(layout.frozen));
    this.#frozen = new Set(layout.frozen);
    this.#arrays = createLearningArrays(total, own);
    ({ weights: this.weights, gradient: this.gradient, mean: this.mean, square: this.square } = this.#arrays);
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
    return this.#arrays.gradientSquares();
  }

  /** AdamW on the own range; `step` counts from 1; `scale` clips the gradient. Clears the gradient. */
  applyGradient(settings: OptimizerSettings, step: number, scale: number): void {
    this.#arrays.adamw(settings, step, scale);
    this.clearGradient();
  }

  /** Sets the gradient to 0, without writing where it is: rows of an embedding that no token used take no memory. */
  clearGradient(): void {
    for (let start = 0; start < this.gradient.length; start += pageElements) {
      const page = this.gradient.subarray(start, start + pageElements);
      if (page.some((value) => value !== 0)) page.fill(0);
    }
  }
}

/** Numbers of a page of memory. */
const pageElements = 1024;

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function nearest(candidates: readonly number[], target: number): number {
  return candidates.reduce(
    (best, candidate) => (Math.abs(candidate - target) < Math.abs(best - target) ? candidate : best),
    0,
  );
}
