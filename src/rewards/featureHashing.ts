import type { TextEmbedder } from "../domain/embedding.ts";
import { mapRestfully } from "../eventLoop/rest.ts";
import { splitWords } from "./words.ts";

const dimensions = 512;

/**
 * A bag of words by feature hashing (arXiv 0902.2206): each word counts at one of 512 indices. It sees which words two texts share and nothing of
 * their meaning; synonyms look unlike. Vectors are counts, so cosines are exact.
 */
export const featureHashing: TextEmbedder = {
  name: `feature-hashing-${dimensions}`,
  embed: async (texts) => {
    // One block of memory for all: many small ones keep the collector busy.
    const block = new Float32Array(texts.length * dimensions);
    return mapRestfully(texts, (text, index) =>
      countWords(text, block.subarray(index * dimensions, (index + 1) * dimensions)),
    );
  },
};

function countWords(text: string, counts: Float32Array): Float32Array {
  for (const word of splitWords(text)) {
    const index = hash(word) % dimensions;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** FNV-1a over UTF-16 code units. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < word.length; index++) value = Math.imul(value ^ word.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
