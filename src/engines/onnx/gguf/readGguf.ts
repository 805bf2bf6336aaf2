import { stat } from "node:fs/promises";
import { blockTypes } from "./blocks.ts";
import type { BlockType } from "./blocks.ts";
import { messageOf } from "../../../domain/messageOf.ts";
import { refuseNoFile } from "../../../files/kindOf.ts";

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** Rows first, as safetensors have them. */
  readonly dims: readonly number[];
  readonly type: BlockType;
  /** Byte range in the file. */
  readonly start: number;
  readonly end: number;
}

export interface Gguf {
  readonly path: string;
  readonly architecture: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: readonly GgufTensor[];
}

/** Whether a model's path is that of a GGUF file. */
export function isGgufPath(model: string): boolean {
  return model.toLowerCase().endsWith(".gguf");
}

/**
 * Reads the header of a GGUF file. Throws for a file that is no GGUF or cut off, for a part of several, for a quantisation that is not
 * read, and for what is no model.
 */
export async function readGguf(path: string): Promise<Gguf> {
  await refuseNoFile(path);
  const { size } = await stat(path);
  const parsed = await parseHeader(path);
  const [, headerEnd] = parsed.tensorInfoByteRange;
  if (headerEnd > size) throw cutOff(path, `its header wants ${headerEnd} bytes, it has ${size}`);
  if (!parsed.littleEndian) throw new Error(`${path}: big-endian GGUF files are not supported`);
  const metadata: Readonly<Record<string, unknown>> = { ...parsed.metadata };
  refuseOtherKinds(path, metadata);
  const tensors = parsed.tensorInfos.map(({ name, shape, dtype, offset }) => {
    const dims = shape.map(Number).toReversed();
    const type = blockTypes.get(dtype);
    if (type === undefined)
      throw new Error(
        `${path}: tensor "${name}" is quantised as ${typeName(parsed.typeNames, dtype)}, which is not supported; supported are ${[...blockTypes.values()].map((known) => known.name).join(", ")}`,
      );
    const elements = dims.reduce((product, length) => product * length, 1);
    if ((dims.at(-1) ?? 0) % type.elements !== 0)
      throw new Error(
        `${path}: tensor "${name}" has rows of ${dims.at(-1)}, which are no whole blocks of ${type.name} (${type.elements})`,
      );
    const start = Number(parsed.tensorDataOffset + offset);
    const end = start + (elements / type.elements) * type.bytes;
    if (end > size) throw cutOff(path, `tensor "${name}" ends at byte ${end}, the file at ${size}`);
    return { name, dims, type, start, end };
  });
  return { path, architecture: String(metadata["general.architecture"]), metadata, tensors };
}

async function parseHeader(path: string) {
  // Only who names such a file loads the reader.
  const { gguf, GGMLQuantizationType: typeNames } = await import("@huggingface/gguf");
  try {
    return { ...(await gguf(path, { allowLocalFile: true })), typeNames };
  } catch (error) {
    throw new Error(`${path}: cannot be read as GGUF (${messageOf(error)}); was it copied whole?`, { cause: error });
  }
}

function typeName(names: Readonly<Record<number, string>>, type: number): string {
  return names[type] ?? `type ${type}`;
}

function cutOff(path: string, reason: string): Error {
  return new Error(`${path}: the file is cut off: ${reason}. Copy it again`);
}

function refuseOtherKinds(path: string, metadata: Readonly<Record<string, unknown>>): void {
  const type = metadata["general.type"] ?? "model";
  if (type !== "model") throw new Error(`${path}: holds no model but something of type ${JSON.stringify(type)}`);
  if (Number(metadata["split.count"] ?? 1) > 1)
    throw new Error(
      `${path}: is one of ${String(metadata["split.count"])} parts of a model; join them first (llama-gguf-split --merge)`,
    );
}
