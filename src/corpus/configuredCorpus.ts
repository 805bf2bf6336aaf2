import { openCorpus, type Corpus } from "./openCorpus.ts";
import { openCrossEncoder } from "./embedding/crossEncoder.ts";
import { openEmbedder, type EmbedderOptions } from "./embedding/embedder.ts";
import type { CorpusManifest } from "./manifest.ts";
import type { RetrievalConfiguration } from "../configuration/retrievalSettings.ts";

/** How the configured embedding model is opened; null where full text alone serves. */
export function embedderOptions({ encoder, threads }: RetrievalConfiguration): EmbedderOptions | null {
  if (encoder === null) return null;
  const { folder, passagePrefix, queryPrefix, pooling } = encoder;
  return { folder, passagePrefix, queryPrefix, threads, ...(pooling !== undefined && { pooling }) };
}

/** Opens a corpus with what a run searches it by; closing it frees the models too. */
export async function openConfiguredCorpus(
  uri: string,
  retrieval: RetrievalConfiguration,
  manifest?: CorpusManifest,
): Promise<Corpus> {
  const options = embedderOptions(retrieval);
  const embedder = options === null ? null : await openEmbedder(options);
  const reranker = retrieval.reranker === null ? null : await openCrossEncoder(retrieval.reranker, retrieval.threads);
  const free = (): void => {
    void embedder?.close();
    void reranker?.close();
  };
  try {
    const corpus = await openCorpus(uri, {
      preferEvidence: retrieval.preferEvidence,
      ...(embedder !== null && { embedder }),
      ...(reranker !== null && { reranker }),
      ...(manifest !== undefined && { manifest }),
    });
    return {
      ...corpus,
      close: () => {
        corpus.close();
        free();
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}
