import type { Tokenizer } from "./port.ts";

/** Turns tokens that come one by one into the text that each adds. */
export interface TextStream {
  /** What the token adds; "" while it ends in the middle of a character, and for tokens that end a response. */
  push(token: number): string;
  /** Resets the stream. Call it after environment tokens. */
  restart(): void;
}

/** What a decoder writes for bytes that are no whole character yet. */
const unfinished = "\ufffd";
/** Bytes of the longest character; a token is a byte at least. */
const longestCharacter = 4;

/** A stream that begins without text. */
export function createTextStream(tokenizer: Pick<Tokenizer, "decode" | "endOfTextIds">): TextStream {
  let tokens: number[] = [];
  let shown = "";
  return {
    push: (token) => {
      if (tokenizer.endOfTextIds.has(token)) return "";
      tokens.push(token);
      const text = tokenizer.decode(tokens);
      if (text.endsWith(unfinished)) return "";
      const added = text.slice(shown.length);
      shown = text;
      return added;
    },
    restart: () => {
      tokens = [];
      shown = "";
    },
  };
}

/** The text of each token for a reader; tokens that are parts of one character (Chinese has such) are shown together. */
export function tokenTexts(tokens: readonly number[], tokenizer: Pick<Tokenizer, "decode">): string[] {
  const texts: string[] = [];
  let held: number[] = [];
  for (const token of tokens) {
    held.push(token);
    const text = tokenizer.decode(held);
    if (text.endsWith(unfinished) && held.length < longestCharacter) continue;
    texts.push(text);
    held = [];
  }
  return held.length === 0 ? texts : [...texts, tokenizer.decode(held)];
}
