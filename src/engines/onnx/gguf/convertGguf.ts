import { mkdir, open, rename, stat, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../../../files/hashFile.ts";
import { exists } from "../../../files/makeOnce.ts";
import { layOutSafetensors } from "../../../onnx/safetensors.ts";
import { writeFully } from "../model/bytes.ts";
import { weightsFile } from "../model/modelFolder.ts";
import type { GgufModel, SourceTensor } from "./ggufModel.ts";

/** Part of the folders' names. Raise it when the conversion changes, so that older results are not reused. */
const conversion = "v1";

/** Numbers converted at a time. */
const pieceElements = 1 << 22;

export interface ConvertControl {
  /** Fraction of the weights that are converted. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The Hugging Face folder of a GGUF file's model, in float32: made once for each content under `cacheFolder`, and then found again. A
 * conversion that was interrupted goes on where it stopped.
 */
export async function convertGguf(
  model: GgufModel,
  cacheFolder: string,
  control: ConvertControl = {},
): Promise<string> {
  const folder = join(cacheFolder, `gguf-${conversion}-${await hashFile(model.path)}`);
  if (await exists(folder)) return folder;
  // Always the same name, so that the next attempt finds what is done. Several at once write the same bytes at the same places.
  const unfinished = `${folder}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  await writeWeights(model, join(unfinished, weightsFile), control);
  for (const [name, text] of Object.entries(model.files))
    await writeFile(join(unfinished, name), text, { flush: true });
  await rename(unfinished, folder).catch(async (error: unknown) => {
    if (!(await exists(folder))) throw error;
  });
  return folder;
}

/** Tensors are written one behind the other, so that the file's length says which are done. */
async function writeWeights(model: GgufModel, path: string, { onProgress, signal }: ConvertControl): Promise<void> {
  const places = layOutSafetensors(model.tensors, { format: "pt" });
  const source = await open(model.path, "r");
  try {
    const target = await open(path, (await exists(path)) ? "r+" : "w");
    try {
      const { size: done } = await stat(path);
      await writeFully(target, places.header, 0);
      for (const tensor of model.tensors) {
        const start = places.starts.get(tensor.name) ?? 0;
        const end = start + tensor.elements * 4;
        if (end <= done) continue;
        signal?.throwIfAborted();
        await convertTensor(tensor, { source, target, start, path: model.path });
        onProgress?.(end / places.size);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Places {
  readonly source: FileHandle;
  readonly target: FileHandle;
  /** Byte at which the tensor begins in the target. */
  readonly start: number;
  readonly path: string;
}

async function convertTensor(tensor: SourceTensor, { source, target, start, path }: Places): Promise<void> {
  const { type, rowLength, elements, pairedRows } = tensor;
  const rows = pairedRows ?? Math.max(1, Math.floor(pieceElements / rowLength));
  const most = Math.min(rows * rowLength, elements);
  const bytes = new Uint8Array((most / type.elements) * type.bytes);
  for (let first = 0; first < elements; first += most) {
    const length = Math.min(most, elements - first);
    const own = bytes.subarray(0, (length / type.elements) * type.bytes);
    const from = tensor.start + (first / type.elements) * type.bytes;
    const { bytesRead } = await source.read(own, 0, own.length, from);
    if (bytesRead !== own.length)
      throw new Error(`${path}: was cut off while it was read, at byte ${from + bytesRead}`);
    const values = new Float32Array(length);
    type.dequantise(own, values);
    const strange = values.findIndex((value) => !Number.isFinite(value));
    if (strange !== -1)
      throw new Error(
        `${path}: tensor "${tensor.source}" holds ${values[strange]} at ${first + strange}: the file is damaged`,
      );
    const ordered = pairedRows === null ? values : unpair(values, rowLength);
    await writeFully(target, new Uint8Array(ordered.buffer), start + first * 4);
  }
}

/** Rows of one head: those at even places first, then those at odd ones. */
function unpair(values: Float32Array, rowLength: number): Float32Array<ArrayBuffer> {
  const ordered = new Float32Array(values.length);
  const half = values.length / rowLength / 2;
  for (let row = 0; row < 2 * half; row++) {
    const to = (row % 2) * half + Math.floor(row / 2);
    ordered.set(values.subarray(row * rowLength, (row + 1) * rowLength), to * rowLength);
  }
  return ordered;
}
