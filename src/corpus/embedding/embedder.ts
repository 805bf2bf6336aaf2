import { basename } from "node:path";
import type { TextEmbedder } from "../../domain/embedding.ts";
import type { VectorShape } from "../passageSchema.ts";
import { readEncoderConfig } from "./encoderConfig.ts";
import { ModelHandle } from "./modelHandle.ts";
import type { TextEncoderOptions } from "./textEncoder.ts";

export interface EmbedderOptions extends TextEncoderOptions {
  /** Put before a text that is stored and before one that is asked, as some models want ("query: "). */
  readonly passagePrefix?: string;
  readonly queryPrefix?: string;
}

/** An embedding model on onnxruntime, in a thread of its own. `embed` is for passages, `embedQueries` for questions. */
export interface Embedder extends TextEmbedder {
  readonly dimensions: number;
  embedQueries(texts: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Opens a model; throws when the folder holds none that is known. */
export async function openEmbedder({
  passagePrefix = "",
  queryPrefix = "",
  ...model
}: EmbedderOptions): Promise<Embedder> {
  const shape = await readEmbedderShape(model.folder);
  // Operators use the threads asked for; measured, that is faster than several copies of the model with fewer threads each.
  const encoder = new ModelHandle({ kind: "encoder", options: model });
  const embed = async (texts: readonly string[], prefix: string): Promise<Float32Array[]> => {
    const flat = await encoder.compute({ texts: texts.map((text) => prefix + text) });
    return texts.map((_, row) => flat.slice(row * shape.dimensions, (row + 1) * shape.dimensions));
  };
  return {
    ...shape,
    embed: (texts) => embed(texts, passagePrefix),
    embedQueries: (texts) => embed(texts, queryPrefix),
    close: () => encoder.terminate(),
  };
}

/** What an embedder of this folder is called and how long its vectors are, without loading it. */
export async function readEmbedderShape(folder: string): Promise<VectorShape> {
  const { hiddenSize } = await readEncoderConfig(folder);
  return { name: basename(folder), dimensions: hiddenSize };
}
