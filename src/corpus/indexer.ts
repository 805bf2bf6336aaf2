import type { TextEmbedder } from "../domain/embedding.ts";
import type { Passage } from "../domain/passage.ts";
import { openIndexWriter } from "./indexWriter.ts";
import type { IndexReport } from "./indexWriter.ts";
import type { OnRemovals } from "./removals.ts";
import type { CorpusSettings } from "./corpusSettings.ts";
import { searchedText } from "./passageSchema.ts";

/** Rows of one commit: large enough for few fragments, small enough for bounded memory and for a kill to lose little. */
export const commitRows = 10_000;
export const commitRowsWithVectors = 2_000;

/** Turns passages into vectors; `name` is part of what the corpus is. */
export interface PassageEmbedder extends TextEmbedder {
  readonly dimensions: number;
}

export interface IndexControl {
  readonly settings: CorpusSettings;
  /** Gives each passage a vector; without one, full text alone serves. */
  readonly embedder?: PassageEmbedder;
  readonly signal?: AbortSignal;
  /** Asked before more than a few passages are removed with their documents; throws to refuse. Without it, all that went is removed. */
  readonly onRemovals?: OnRemovals;
  /** Passages read so far. */
  readonly onProgress?: (passages: number) => void;
}

/**
 * Makes the table in `uri` hold exactly these passages, with a full-text index over them. Ids are hashes of
 * content, so what is there already is left alone: a second run, or one after a kill, only adds what is missing
 * and removes what went. One writer a corpus.
 */
export async function indexPassages(
  uri: string,
  passages: AsyncIterable<Passage>,
  control: IndexControl,
): Promise<IndexReport> {
  const { settings, embedder } = control;
  const writer = await openIndexWriter(uri, settings, embedder ?? null);
  try {
    const atOnce = embedder === undefined ? commitRows : commitRowsWithVectors;
    const seen = new Set<string>();
    let waiting: Passage[] = [];
    const commit = async (): Promise<void> => {
      const vectors = await embedder?.embed(waiting.map((passage) => searchedText(passage, settings)));
      await writer.add(
        waiting.map((passage, index) => ({
          passage,
          ...(vectors?.[index] !== undefined && { vector: vectors[index] }),
        })),
      );
      waiting = [];
      control.onProgress?.(seen.size);
    };
    for await (const passage of passages) {
      control.signal?.throwIfAborted();
      if (!seen.has(passage.id) && !writer.stored.has(passage.id)) waiting.push(passage);
      seen.add(passage.id);
      if (waiting.length >= atOnce) await commit();
    }
    await commit();
    return await writer.complete(seen, control);
  } finally {
    writer.close();
  }
}
