import { readEncoderConfig } from "./encoderConfig.ts";
import { ModelHandle } from "./modelHandle.ts";

/** Says how relevant passages are to a query by reading both together; higher is better. */
export interface Reranker {
  scores(query: string, passages: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a cross-encoder (see openPairScorer) in a thread of its own; throws when the folder holds none that is known. */
export async function openCrossEncoder(folder: string, threads: number): Promise<Reranker> {
  await readEncoderConfig(folder);
  const model = new ModelHandle({ kind: "pairs", folder, threads });
  return { scores: (query, texts) => model.compute({ query, texts }), close: () => model.terminate() };
}
