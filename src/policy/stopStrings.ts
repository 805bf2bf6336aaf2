import type { Tokenizer } from "./port.ts";

/** Finds stop strings at the end of generated text; they may span tokens. */
export class StopStringDetector {
  readonly #tokenizer: Tokenizer;
  readonly #pieces = new Map<number, string>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The stop string that the last of these tokens completed, or null. */
  completed(tokens: readonly number[], stopStrings: readonly string[]): string | null {
    const last = tokens.at(-1);
    if (last === undefined) return null;
    const piece = this.#piece(last);
    for (const stopString of stopStrings) {
      // Only a token that holds the stop string's last character can complete it: most are ruled out without decoding.
      if (!piece.includes(stopString.slice(-1))) continue;
      // Every token but those of an unfinished character gives a character at least.
      const tail = tokens.slice(-(stopString.length + 4));
      const before = this.#tokenizer.decode(tail.slice(0, -1));
      if (this.#tokenizer.decode(tail).includes(stopString) && !before.includes(stopString)) return stopString;
    }
    return null;
  }

  #piece(token: number): string {
    const known = this.#pieces.get(token);
    if (known !== undefined) return known;
    const piece = this.#tokenizer.decode([token]);
    this.#pieces.set(token, piece);
    return piece;
  }
}
