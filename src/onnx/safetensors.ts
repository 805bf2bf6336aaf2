import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { z } from "zod";
import { refuseNoFile } from "../files/kindOf.ts";
import { halfToNumber } from "./halfFloat.ts";

/**
 * The safetensors format: 8 bytes of header length (little endian), a JSON header of names, types, shapes and byte
 * ranges, then the tensors' bytes (github.com/huggingface/safetensors).
 */
const TensorEntry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

export interface StoredTensor {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** Byte range in the file. */
  readonly start: number;
  readonly end: number;
}

const maximumHeaderBytes = 100_000_000;
/** Elements converted at a time, so that a large tensor needs no second copy. */
const chunkElements = 1 << 20;

/** An open safetensors file; tensors are read one by one. */
export class SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(
    path: string,
    handle: FileHandle,
    tensors: readonly StoredTensor[],
    metadata: Record<string, string>,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    this.metadata = metadata;
  }

  static async open(path: string): Promise<SafetensorsFile> {
    await refuseNoFile(path);
    const handle = await open(path, "r");
    try {
      const { tensors, metadata } = await readHeader(path, handle);
      return new SafetensorsFile(path, handle, tensors, metadata);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Reads a tensor of F32, F16 or BF16 into `target`, whose length must be its size. */
  async readInto(name: string, target: Float32Array): Promise<void> {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`${this.#path}: no tensor "${name}"`);
    const width = bytesPerElement[tensor.type];
    if (width === undefined)
      throw new Error(
        `${this.#path}: "${name}" is of type ${tensor.type}; supported are ${Object.keys(bytesPerElement).join(", ")}`,
      );
    if (tensor.end - tensor.start !== width * target.length)
      throw new Error(
        `${this.#path}: "${name}" has shape [${tensor.dims.join(", ")}], wanted are ${target.length} elements`,
      );
    const convert = converters[tensor.type];
    // Float32 needs no conversion: it is read directly into the target.
    if (convert === undefined)
      return readFully(
        this.#handle,
        this.#path,
        new Uint8Array(target.buffer, target.byteOffset, target.byteLength),
        tensor.start,
      );
    const buffer = new Uint8Array(Math.min(chunkElements, target.length) * width);
    for (let first = 0; first < target.length; first += chunkElements) {
      const count = Math.min(chunkElements, target.length - first);
      await readFully(this.#handle, this.#path, buffer.subarray(0, count * width), tensor.start + first * width);
      convert(buffer.subarray(0, count * width), target.subarray(first, first + count));
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Where each tensor goes in a file of float32 tensors, and the header that says so. */
export function layOutSafetensors(
  tensors: readonly { readonly name: string; readonly dims: readonly number[] }[],
  metadata: Readonly<Record<string, string>>,
): { readonly header: Uint8Array; readonly starts: ReadonlyMap<string, number>; readonly size: number } {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  const offsets = new Map<string, number>();
  let offset = 0;
  for (const { name, dims } of tensors) {
    const bytes = dims.reduce((product, length) => product * length, 1) * 4;
    entries[name] = { dtype: "F32", shape: dims, data_offsets: [offset, offset + bytes] };
    offsets.set(name, offset);
    offset += bytes;
  }
  const json = Buffer.from(JSON.stringify(entries));
  const padded = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(json, 8);
  const starts = new Map([...offsets].map(([name, start]) => [name, start + header.length]));
  return { header, starts, size: header.length + offset };
}

async function readHeader(
  path: string,
  handle: FileHandle,
): Promise<{ tensors: StoredTensor[]; metadata: Record<string, string> }> {
  const prefix = new Uint8Array(8);
  await readFully(handle, path, prefix, 0);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > maximumHeaderBytes) throw new Error(`${path}: not a safetensors file (header of ${length} bytes)`);
  const bytes = new Uint8Array(length);
  await readFully(handle, path, bytes, 8);
  const { size } = await handle.stat();
  const { __metadata__: metadata, ...entries } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(new TextDecoder().decode(bytes)));
  const tensors = Object.entries(entries).map(([name, entry]) => {
    const {
      dtype,
      shape,
      data_offsets: [start, end],
    } = TensorEntry.parse(entry);
    if (end < start || 8 + length + end > size)
      throw new Error(`${path}: "${name}" lies beyond the end of the file; was it copied whole?`);
    return { name, type: dtype, dims: shape, start: 8 + length + start, end: 8 + length + end };
  });
  return { tensors, metadata: z.record(z.string(), z.string()).parse(metadata ?? {}) };
}

async function readFully(handle: FileHandle, path: string, target: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new Error(`${path}: ended early; was it copied whole?`);
    done += bytesRead;
  }
}

const bytesPerElement: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

const converters: Readonly<Record<string, (source: Uint8Array<ArrayBuffer>, target: Float32Array) => void>> = {
  BF16: (source, target) => {
    const halves = new Uint16Array(source.buffer, source.byteOffset, source.length / 2);
    const words = new Uint32Array(target.buffer, target.byteOffset, target.length);
    for (let i = 0; i < words.length; i++) words[i] = (halves[i] ?? 0) << 16;
  },
  F16: (source, target) => {
    const halves = new Uint16Array(source.buffer, source.byteOffset, source.length / 2);
    for (let i = 0; i < target.length; i++) target[i] = halfToNumber(halves[i] ?? 0);
  },
};
