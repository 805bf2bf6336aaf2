import type { Tokenizer } from "./port.ts";

/** Turns tokens that come one by one into the text that each adds. */
export interface TextStream {
  /** What the token adds; "" while it ends in the middle of a character, and for tokens that end a response. */
  push(token: number): string;
  /** Begins anew: what follows stands behind tokens that are not the stream's. */
  restart(): void;
}

/** What a decoder writes for bytes that are no whole character yet. */
const unfinished = "\ufffd";

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
