import type { Tensor } from "onnxruntime-node";
import { floatTensor } from "./graphSession.ts";
import type { ModelConfig } from "./modelConfig.ts";

/** Positions by which rows grow. */
const growth = 32;

/**
 * Keys and values of earlier tokens, kept here so that a step returns only the new ones. Each layer is one array
 * [rows, kv heads, positions, size]; the rows in use are the first ones.
 */
export class KeyValueCache {
  readonly #config: ModelConfig;
  readonly #rows: number;
  /** Keys and values of layer i at 2i and 2i + 1. */
  #layers: Float32Array[];
  #positions = 0;

  constructor(config: ModelConfig, rows: number) {
    this.#config = config;
    this.#rows = rows;
    this.#layers = Array.from({ length: 2 * config.layers }, () => new Float32Array(0));
  }

  /** Positions that every row can hold. */
  get positions(): number {
    return this.#positions;
  }

  /** Makes room for positions 0 … needed − 1; returns whether the arrays changed. */
  reserve(needed: number): boolean {
    if (needed <= this.#positions) return false;
    const { keyValueHeads, headSize } = this.#config;
    const positions = Math.ceil(needed / growth) * growth;
    const [from, to] = [this.#positions * headSize, positions * headSize];
    this.#layers = this.#layers.map((old) => {
      const larger = new Float32Array(this.#rows * keyValueHeads * to);
      for (let head = 0; head < this.#rows * keyValueHeads; head++) larger.set(old.subarray(head * from, (head + 1) * from), head * to);
      return larger;
    });
    this.#positions = positions;
    return true;
  }

  /** Takes over `count` new positions of one sequence from a step's states [B, kv, 2 · layers · chunk, size]. */
  write(row: number, position: number, count: number, states: Float32Array, sequence: number, chunk: number): void {
    const { keyValueHeads, headSize, layers } = this.#config;
    const width = count * headSize;
    for (let head = 0; head < keyValueHeads; head++) {
      const target = ((row * keyValueHeads + head) * this.#positions + position) * headSize;
      const source = (sequence * keyValueHeads + head) * 2 * layers * chunk * headSize;
      for (let part = 0; part < 2 * layers; part++) {
        const values = this.#layers[part] as Float32Array;
        const start = source + part * chunk * headSize;
        // A plain loop: for the few numbers of one position it beats making views.
        for (let i = 0; i < width; i++) values[target + i] = states[start + i] ?? 0;
      }
    }
  }

  /** Copies the first `count` positions of a row to another. */
  copyRow(from: number, to: number, count: number): void {
    const { keyValueHeads, headSize } = this.#config;
    const width = this.#positions * headSize;
    for (const values of this.#layers) {
      for (let head = 0; head < keyValueHeads; head++) {
        const source = (from * keyValueHeads + head) * width;
        values.copyWithin((to * keyValueHeads + head) * width, source, source + count * headSize);
      }
    }
  }

  /** The first `rows` rows of every layer, as inputs of a step. */
  tensors(rows: number): Record<string, Tensor> {
    const { keyValueHeads, headSize, layers } = this.#config;
    const dims = [rows, keyValueHeads, this.#positions, headSize];
    const size = rows * keyValueHeads * this.#positions * headSize;
    const inputs: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      inputs[`keys:${layer}`] = floatTensor((this.#layers[2 * layer] as Float32Array).subarray(0, size), dims);
      inputs[`values:${layer}`] = floatTensor((this.#layers[2 * layer + 1] as Float32Array).subarray(0, size), dims);
    }
    return inputs;
  }
}
