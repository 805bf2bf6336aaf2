import type { SemanticEncoder } from "../configuration/semanticEncoder.ts";
import { openEmbedder } from "../corpus/embedding/embedder.ts";
import type { TextEmbedder } from "../domain/embedding.ts";
import { featureHashing } from "./featureHashing.ts";

/** What texts are compared with; `close` frees a model. */
export interface OpenEncoder extends TextEmbedder {
  close(): Promise<void>;
}

/** Opens an encoder that needs no service; throws where the folder holds no model that is known. */
export async function openLocalEncoder(
  setting: Exclude<SemanticEncoder, { readonly kind: "service" }>,
): Promise<OpenEncoder> {
  if (setting.kind === "feature-hashing") return { ...featureHashing, close: () => Promise.resolve() };
  const { folder, pooling, prefix, threads } = setting;
  return openEmbedder({ folder, threads, passagePrefix: prefix, ...(pooling !== undefined && { pooling }) });
}
