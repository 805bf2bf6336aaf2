import { Tokenizer } from "@huggingface/tokenizers";
import { wordPattern } from "./bytePairs.ts";
import { endOfText } from "./tokenizerFile.ts";
import type { TrainedTokenizer } from "./tokenizerFile.ts";

/**
 * Encodes texts as the tokenizer does, a word once, so that a corpus costs little more than its distinct words. The result is
 * lists of tokens one after another.
 */
function createEncoder(trained: TrainedTokenizer): (text: string) => Iterable<readonly number[]> {
  const tokenizer = new Tokenizer(trained.tokenizer as object, trained.configuration as object);
  // What cuts a text before its words are: tokens of their own.
  const tokenPattern = new RegExp(`(${trained.protocolTokens.join("|")})`, "u");
  const known = new Map<string, readonly number[]>();
  const encode = (word: string): readonly number[] => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const tokens = tokenizer.encode(word, { add_special_tokens: false }).ids;
    known.set(word, tokens);
    return tokens;
  };
  return function* (text) {
    for (const [index, part] of text.split(tokenPattern).entries()) {
      if (index % 2 === 1) yield encode(part);
      else for (const [word] of part.matchAll(wordPattern)) yield encode(word);
    }
  };
}

/** Tokens of texts one after another, each with the end-of-text token behind it. Synchronous: call it in a thread. */
export function runningTokens(texts: Iterable<string>, trained: TrainedTokenizer): Uint16Array {
  if (trained.vocabularySize > 2 ** 16)
    throw new RangeError(`a vocabulary of ${trained.vocabularySize} does not fit 16 bits`);
  const encode = createEncoder(trained);
  const all = new GrowingTokens();
  for (const text of texts) for (const tokens of encode(text + endOfText)) all.append(tokens);
  return all.tokens();
}

/** Tokens of the longest text; 0 without any. */
export function longestInTokens(texts: readonly string[], trained: TrainedTokenizer): number {
  const encode = createEncoder(trained);
  return texts.reduce(
    (longest, text) =>
      Math.max(
        longest,
        [...encode(text)].reduce((sum, tokens) => sum + tokens.length, 0),
      ),
    0,
  );
}

class GrowingTokens {
  #room = new Uint16Array(2 ** 16);
  #count = 0;

  append(tokens: readonly number[]): void {
    if (this.#count + tokens.length > this.#room.length) {
      const larger = new Uint16Array(2 * (this.#count + tokens.length));
      larger.set(this.#room.subarray(0, this.#count));
      this.#room = larger;
    }
    this.#room.set(tokens, this.#count);
    this.#count += tokens.length;
  }

  tokens(): Uint16Array {
    return this.#room.slice(0, this.#count);
  }
}
