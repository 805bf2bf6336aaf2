import type { Tensor } from "onnxruntime-node";
import { allocateNumbers, numbersTensor } from "../../../onnx/graphSession.ts";
import type { Numbers } from "../../../onnx/graphSession.ts";
import type { ModelConfig } from "../model/modelConfig.ts";

/** GroupQueryAttention wants heads of a multiple of 8 numbers. */
const widthMultiple = 8;

/** Numbers that the cache keeps of a head: its own, then zeros. */
export function cacheWidth({ headSize }: ModelConfig): number {
  return Math.ceil(headSize / widthMultiple) * widthMultiple;
}

/** Numbers that one layer's keys (or values) of a row of the cache take. */
export function cacheRowSize(config: ModelConfig, positions: number): number {
  return config.keyValueHeads * positions * cacheWidth(config);
}

/**
 * Keys and values of earlier tokens: for each layer two arrays [rows, kv heads, positions, width], of which decode steps
 * read and write the first rows in place.
 */
export class KeyValueCache {
  readonly #config: ModelConfig;
  readonly #positions: number;
  /** Keys and values of layer i at 2i and 2i + 1. */
  readonly #arrays: readonly Numbers[];
  /** Where chosen rows are brought together, likewise. */
  #together: Numbers[] = [];

  /** `arrays` have room for the rows at this number of positions; what they hold does not matter. */
  constructor(config: ModelConfig, positions: number, arrays: readonly Numbers[]) {
    this.#config = config;
    this.#positions = positions;
    this.#arrays = arrays;
  }

  /** Takes over `count` new positions of one sequence from a step's states [B, kv, 2 · layers · chunk, width]. */
  write(row: number, position: number, count: number, states: Numbers, sequence: number, chunk: number): void {
    const { keyValueHeads } = this.#config;
    const width = cacheWidth(this.#config);
    for (let head = 0; head < keyValueHeads; head++) {
      const target = ((row * keyValueHeads + head) * this.#positions + position) * width;
      const source = (sequence * keyValueHeads + head) * this.#arrays.length * chunk * width;
      this.#arrays.forEach((values, part) => {
        const start = source + part * chunk * width;
        values.set(states.subarray(start, start + count * width), target);
      });
    }
  }

  /** Copies the first `count` positions of a row to another. */
  copyRow(from: number, to: number, count: number): void {
    const { keyValueHeads } = this.#config;
    const width = cacheWidth(this.#config);
    for (const values of this.#arrays) {
      for (let head = 0; head < keyValueHeads; head++) {
        const source = (from * keyValueHeads + head) * this.#positions * width;
        values.copyWithin((to * keyValueHeads + head) * this.#positions * width, source, source + count * width);
      }
    }
  }

  /** The first `rows` rows of every layer: [rows, kv, positions, width]. */
  firstRows(rows: number): Record<string, Tensor> {
    return this.#tensors(this.#arrays, rows, this.#positions);
  }

  /** The first positions of chosen rows: [rows, kv, positions, width]. Valid until the next call. */
  chosenRows(rows: readonly number[], positions: number): Record<string, Tensor> {
    const { keyValueHeads } = this.#config;
    const width = cacheWidth(this.#config);
    const size = rows.length * cacheRowSize(this.#config, positions);
    if ((this.#together[0]?.length ?? 0) < size)
      this.#together = this.#arrays.map((array) =>
        allocateNumbers(array instanceof Float32Array ? "float32" : "float16", size),
      );
    this.#arrays.forEach((values, part) => {
      const target = this.#together[part] as Numbers;
      rows.forEach((row, i) => {
        for (let head = 0; head < keyValueHeads; head++) {
          const source = (row * keyValueHeads + head) * this.#positions * width;
          target.set(
            values.subarray(source, source + positions * width),
            (i * keyValueHeads + head) * positions * width,
          );
        }
      });
    });
    return this.#tensors(this.#together, rows.length, positions);
  }

  #tensors(arrays: readonly Numbers[], rows: number, positions: number): Record<string, Tensor> {
    const dims = [rows, this.#config.keyValueHeads, positions, cacheWidth(this.#config)];
    const size = rows * cacheRowSize(this.#config, positions);
    return Object.fromEntries(
      arrays.map((values, part) => [
        `${part % 2 === 0 ? "keys" : "values"}:${Math.floor(part / 2)}`,
        numbersTensor(values.subarray(0, size), dims),
      ]),
    );
  }
}
