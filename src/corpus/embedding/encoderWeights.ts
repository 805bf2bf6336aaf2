import { join } from "node:path";
import { SafetensorsFile } from "../../onnx/safetensors.ts";

/** Weights by name without the prefix that some exports put before all of them ("bert.", "roberta."). */
export interface EncoderWeights {
  /** A tensor of a given shape. Throws when it is missing or has another shape. */
  tensor(name: string, dims: readonly number[]): Promise<Float32Array>;
  /** Number of rows of a matrix. */
  rows(name: string): number;
  close(): Promise<void>;
}

/** Opens a folder's model.safetensors. */
export async function openEncoderWeights(folder: string): Promise<EncoderWeights> {
  const path = join(folder, "model.safetensors");
  const file = await SafetensorsFile.open(path);
  const anchor = "embeddings.word_embeddings.weight";
  const first = [...file.tensors.keys()].find((name) => name.endsWith(anchor));
  if (first === undefined) throw new Error(`${path}: no tensor "${anchor}"; is it an encoder of the BERT family?`);
  const prefix = first.slice(0, first.length - anchor.length);
  // Heads are stored beside the encoder, without its prefix.
  const fullName = (name: string): string => (name.startsWith("classifier.") ? name : prefix + name);
  const stored = (name: string): { readonly dims: readonly number[] } => {
    const tensor = file.tensors.get(fullName(name));
    if (tensor === undefined) throw new Error(`${path}: no tensor "${fullName(name)}"`);
    return tensor;
  };
  return {
    tensor: async (name, dims) => {
      const { dims: found } = stored(name);
      if (found.join() !== dims.join())
        throw new Error(`${path}: "${name}" has shape [${found.join(", ")}], wanted is [${dims.join(", ")}]`);
      const target = new Float32Array(dims.reduce((product, size) => product * size, 1));
      await file.readInto(fullName(name), target);
      return target;
    },
    rows: (name) => stored(name).dims[0] ?? 0,
    close: () => file.close(),
  };
}
