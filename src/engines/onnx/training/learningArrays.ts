import type { OptimizerSettings } from "../../../policy/port.ts";
import { createOptimizerKernel } from "./optimizerKernel.ts";

/** Part of the flat array of weights, in elements; both ends are multiples of 4, the width of the optimiser's vectors. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What the optimiser works on: weights and gradient of a whole replica, moments of its own range. */
export interface LearningArrays {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** Sum of squares of the gradient in the own range. */
  gradientSquares(): number;
  /** AdamW on the own range; `step` counts from 1; `scale` clips the gradient. */
  adamw(settings: OptimizerSettings, step: number, scale: number): void;
}

/** Zeros. Throws what to do where one array cannot hold as many: 2³² numbers in Node 20, more in newer ones. */
export function allocateWeights(count: number): Float32Array {
  try {
    return new Float32Array(count);
  } catch (error) {
    throw new Error(
      `${count} numbers do not fit into one array of Node ${process.versions.node}: use a newer Node, LoRA, or a smaller model`,
      { cause: error },
    );
  }
}

const pageBytes = 65_536;
const elementBytes = 4;
/** WebAssembly addresses 4 GiB. */
const addressableBytes = 2 ** 32;
/** Elements that pass through the optimiser at a time where the arrays lie outside of its memory. */
const pieceElements = 2 ** 20;

/**
 * Arrays for `total` weights, a multiple of 4. As long as they fit into the memory of the optimiser's kernel they lie there;
 * larger ones lie outside and pass through it piece by piece. `addressable` (bytes) lets tests lower that limit.
 */
export function createLearningArrays(total: number, own: Range, addressable = addressableBytes): LearningArrays {
  const owned = own.end - own.start;
  const bytes = (total + owned) * 2 * elementBytes;
  return bytes < addressable ? insideKernel(total, own) : outsideKernel(total, own);
}

function insideKernel(total: number, own: Range): LearningArrays {
  const owned = own.end - own.start;
  const memory = createMemory((total + owned) * 2);
  const kernel = createOptimizerKernel(memory);
  const weights = new Float32Array(memory.buffer, 0, total);
  const gradient = new Float32Array(memory.buffer, total * elementBytes, total);
  const mean = new Float32Array(memory.buffer, 2 * total * elementBytes, owned);
  const square = new Float32Array(memory.buffer, (2 * total + owned) * elementBytes, owned);
  const start = own.start * elementBytes;
  return {
    weights,
    gradient,
    mean,
    square,
    gradientSquares: () => kernel.sumOfSquares(gradient.byteOffset + start, owned),
    adamw: (settings, step, scale) =>
      kernel.adamw(
        weights.byteOffset + start,
        gradient.byteOffset + start,
        mean.byteOffset,
        square.byteOffset,
        owned,
        ...adamwArguments(settings, step, scale),
      ),
  };
}

function outsideKernel(total: number, own: Range): LearningArrays {
  const memory = createMemory(4 * pieceElements);
  const kernel = createOptimizerKernel(memory);
  const piece = (slot: number): Float32Array =>
    new Float32Array(memory.buffer, slot * pieceElements * elementBytes, pieceElements);
  const address = (slot: number): number => slot * pieceElements * elementBytes;
  const owned = own.end - own.start;
  const arrays = {
    weights: allocateWeights(total),
    gradient: allocateWeights(total),
    mean: allocateWeights(owned),
    square: allocateWeights(owned),
  };
  const { weights, gradient, mean, square } = arrays;
  const forEachPiece = (work: (first: number, count: number) => void): void => {
    for (let first = 0; first < owned; first += pieceElements) work(first, Math.min(pieceElements, owned - first));
  };
  return {
    ...arrays,
    gradientSquares: () => {
      let sum = 0;
      forEachPiece((first, count) => {
        piece(0).set(gradient.subarray(own.start + first, own.start + first + count));
        sum += kernel.sumOfSquares(address(0), count);
      });
      return sum;
    },
    adamw: (settings, step, scale) =>
      forEachPiece((first, count) => {
        const parts = [
          weights.subarray(own.start + first),
          gradient.subarray(own.start + first),
          mean.subarray(first),
          square.subarray(first),
        ].map((part) => part.subarray(0, count));
        parts.forEach((part, slot) => piece(slot).set(part));
        kernel.adamw(address(0), address(1), address(2), address(3), count, ...adamwArguments(settings, step, scale));
        for (const slot of [0, 2, 3]) parts[slot]?.set(piece(slot).subarray(0, count));
      }),
  };
}

type AdamwArguments = [
  scale: number,
  beta1: number,
  beta2: number,
  decay: number,
  step: number,
  rootBias: number,
  epsilon: number,
];

function adamwArguments(
  { learningRate, beta1, beta2, epsilon, weightDecay }: OptimizerSettings,
  step: number,
  scale: number,
): AdamwArguments {
  return [
    scale,
    beta1,
    beta2,
    1 - learningRate * weightDecay,
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
  ];
}

function createMemory(elements: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil((elements * elementBytes) / pageBytes));
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}
