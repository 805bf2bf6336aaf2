import { toByteAlphabet } from "./byteAlphabet.ts";

/** How "ByteLevel" cuts text before merging: words and numbers with the blank before them, marks, blanks. */
const wordPattern = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** A merge of two neighbouring symbols. */
export type Merge = readonly [left: string, right: string];

interface Word {
  symbols: string[];
  readonly count: number;
}

/**
 * Learns byte-pair merges (Sennrich et al. 2016): the commonest pair of neighbours is joined, again and again, until
 * `merges` are learnt or no pair occurs twice. Equal counts are decided by the pairs' text, so the result depends on
 * the words alone.
 */
export function learnBytePairs(texts: Iterable<string>, merges: number): Merge[] {
  const words = countWords(texts);
  const pairs = new PairCounts(words);
  const learnt: Merge[] = [];
  while (learnt.length < merges) {
    const best = pairs.commonest();
    if (best === null) break;
    learnt.push(best);
    pairs.merge(best);
  }
  return learnt;
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const [word] of text.matchAll(wordPattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Array.from(counts, ([word, count]) => ({ symbols: Array.from(toByteAlphabet(word)), count }));
}

const separator = " ";

/** Counts of neighbouring symbols, and the words each pair stands in; kept up to date merge by merge. */
class PairCounts {
  readonly #counts = new Map<string, number>();
  readonly #places = new Map<string, Set<Word>>();

  constructor(words: readonly Word[]) {
    for (const word of words) this.#count(word, 1);
  }

  commonest(): Merge | null {
    let best: string | null = null;
    let bestCount = 1;
    for (const [pair, count] of this.#counts) {
      if (count > bestCount || (count === bestCount && best !== null && pair < best)) [best, bestCount] = [pair, count];
    }
    const [left, right] = best?.split(separator) ?? [];
    return left === undefined || right === undefined ? null : [left, right];
  }

  merge([left, right]: Merge): void {
    for (const word of Array.from(this.#places.get(left + separator + right) ?? [])) {
      this.#count(word, -1);
      word.symbols = joinPair(word.symbols, left, right);
      this.#count(word, 1);
    }
  }

  #count(word: Word, sign: 1 | -1): void {
    for (let i = 1; i < word.symbols.length; i++) {
      const pair = `${word.symbols[i - 1]}${separator}${word.symbols[i]}`;
      const count = (this.#counts.get(pair) ?? 0) + sign * word.count;
      const places = this.#places.get(pair) ?? new Set();
      if (sign === 1) places.add(word);
      else places.delete(word);
      if (count === 0) {
        this.#counts.delete(pair);
        this.#places.delete(pair);
      } else {
        this.#counts.set(pair, count);
        this.#places.set(pair, places);
      }
    }
  }
}

function joinPair(symbols: readonly string[], left: string, right: string): string[] {
  const joined: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] ?? "";
    if (symbol === left && symbols[i + 1] === right) {
      joined.push(left + right);
      i += 1;
    } else {
      joined.push(symbol);
    }
  }
  return joined;
}
