import { optimizerKernelBase64 } from "./optimizerKernelBytes.ts";

/** The functions of optimizerKernel.wat: addresses in bytes, counts in float32 elements and multiples of 4. */
export interface OptimizerKernel {
  sumOfSquares(source: number, count: number): number;
  adamw(
    weight: number,
    gradient: number,
    mean: number,
    square: number,
    count: number,
    scale: number,
    beta1: number,
    beta2: number,
    decay: number,
    step: number,
    rootBias: number,
    epsilon: number,
  ): void;
}

/** Instantiates the kernel on a memory that holds the arrays it works on. */
export function createOptimizerKernel(memory: WebAssembly.Memory): OptimizerKernel {
  const module = new WebAssembly.Module(Buffer.from(optimizerKernelBase64, "base64"));
  const { exports } = new WebAssembly.Instance(module, { replica: { memory } });
  return exports as OptimizerKernel;
}
