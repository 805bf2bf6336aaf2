import { toByteAlphabet } from "./byteAlphabet.ts";
import { PairCounts } from "./pairCounts.ts";

/** How "ByteLevel" cuts text before merging: words and numbers with the blank before them, marks, blanks. */
export const wordPattern = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** A merge of two neighbouring symbols. */
export type Merge = readonly [left: string, right: string];

/**
 * Learns byte-pair merges (Sennrich et al. 2016): the commonest pair of neighbours is joined, again and again, until
 * `merges` are learnt or no pair occurs twice. Equal counts are decided by the pairs' text, so the result depends on
 * the words alone. Time is in proportion to the texts, and to the places of what is merged. Synchronous: call it in a thread.
 */
export function learnBytePairs(texts: Iterable<string>, merges: number): Merge[] {
  const pairs = new PairCounts();
  for (const [word, count] of countWords(texts)) pairs.addWord(Array.from(toByteAlphabet(word)), count);
  const learnt: Merge[] = [];
  while (learnt.length < merges) {
    const merge = pairs.mergeCommonest();
    if (merge === null) break;
    learnt.push(merge);
  }
  return learnt;
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of text.matchAll(wordPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
