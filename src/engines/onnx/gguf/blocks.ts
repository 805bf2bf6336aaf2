import { halfToNumber } from "../../../onnx/halfFloat.ts";

/** Writes the numbers of whole blocks. */
type Dequantise = (source: Uint8Array, target: Float32Array) => void;

/** How a GGUF file stores the numbers of a tensor: so many in each block of so many bytes. */
export interface BlockType {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  readonly dequantise: Dequantise;
}

const round = Math.fround;

function plain(name: string, bytes: number, read: (view: DataView, position: number) => number): BlockType {
  return {
    name,
    elements: 1,
    bytes,
    dequantise: (source, target) => {
      const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
      for (let i = 0; i < target.length; i++) target[i] = read(view, i * bytes);
    },
  };
}

/** Blocks of numbers, one by one: `write` puts the numbers of the block at `from` into `target` from `to` on. */
function blocks(
  name: string,
  elements: number,
  bytes: number,
  write: (source: Uint8Array, from: number, target: Float32Array, to: number) => void,
): BlockType {
  return {
    name,
    elements,
    bytes,
    dequantise: (source, target) => {
      for (let block = 0; block * elements < target.length; block++)
        write(source, block * bytes, target, block * elements);
    },
  };
}

function half(source: Uint8Array, at: number): number {
  return halfToNumber((source[at] ?? 0) | ((source[at + 1] ?? 0) << 8));
}

const signed = (byte: number): number => (byte << 24) >> 24;

/** 32 numbers of 4 bits, the first 16 in the low halves of the bytes. */
function quarterBytes(source: Uint8Array, from: number, write: (index: number, value: number) => void): void {
  for (let i = 0; i < 16; i++) {
    const byte = source[from + i] ?? 0;
    write(i, byte & 15);
    write(i + 16, byte >> 4);
  }
}

const q4of0 = blocks("Q4_0", 32, 18, (source, from, target, to) => {
  const scale = half(source, from);
  quarterBytes(source, from + 2, (i, value) => (target[to + i] = scale * (value - 8)));
});

const q4of1 = blocks("Q4_1", 32, 20, (source, from, target, to) => {
  const [scale, least] = [half(source, from), half(source, from + 2)];
  quarterBytes(source, from + 4, (i, value) => (target[to + i] = round(scale * value) + least));
});

const q8of0 = blocks("Q8_0", 32, 34, (source, from, target, to) => {
  const scale = half(source, from);
  for (let i = 0; i < 32; i++) target[to + i] = scale * signed(source[from + 2 + i] ?? 0);
});

/** Scale and minimum of 6 bits of each of eight groups, packed into 12 bytes: four low bits of the later ones lie behind, their high bits in the earlier. */
function scaleAndMinimum(source: Uint8Array, from: number, group: number): [number, number] {
  const at = (index: number): number => source[from + index] ?? 0;
  if (group < 4) return [at(group) & 63, at(group + 4) & 63];
  return [(at(group + 4) & 15) | ((at(group - 4) >> 6) << 4), (at(group + 4) >> 4) | ((at(group) >> 6) << 4)];
}

const q4k = blocks("Q4_K", 256, 144, (source, from, target, to) => {
  const [scale, least] = [half(source, from), half(source, from + 2)];
  for (let group = 0; group < 8; group++) {
    const [own, minimum] = scaleAndMinimum(source, from + 4, group);
    const [step, offset] = [round(scale * own), round(least * minimum)];
    const values = from + 16 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let i = 0; i < 32; i++)
      target[to + group * 32 + i] = round(step * (((source[values + i] ?? 0) >> shift) & 15)) - offset;
  }
});

const q6k = blocks("Q6_K", 256, 210, (source, from, target, to) => {
  const scale = half(source, from + 208);
  for (let i = 0; i < 256; i++) {
    // Two runs of 128; in each, four groups of 32 share low bits by twos and high bits by fours.
    const [run, group, place] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = ((source[from + run * 64 + (group & 1) * 32 + place] ?? 0) >> ((group >> 1) * 4)) & 15;
    const high = ((source[from + 128 + run * 32 + place] ?? 0) >> (group * 2)) & 3;
    const step = round(scale * signed(source[from + 192 + (i >> 4)] ?? 0));
    target[to + i] = step * ((low | (high << 4)) - 32);
  }
});

/** Types that are read, by GGML's number (ggml.h, ggml_type). The arithmetic is that of GGML and of the Python package gguf, rounding included. */
export const blockTypes: ReadonlyMap<number, BlockType> = new Map([
  [0, plain("F32", 4, (view, at) => view.getFloat32(at, true))],
  [1, plain("F16", 2, (view, at) => halfToNumber(view.getUint16(at, true)))],
  [2, q4of0],
  [3, q4of1],
  [8, q8of0],
  [12, q4k],
  [14, q6k],
  [30, plain("BF16", 2, bfloat16)],
]);

function bfloat16(view: DataView, at: number): number {
  // The upper half of a float32.
  scratch.setUint32(0, view.getUint16(at, true) << 16);
  return scratch.getFloat32(0);
}
const scratch = new DataView(new ArrayBuffer(4));
