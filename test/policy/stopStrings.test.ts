import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StopStringDetector } from "../../src/policy/stopStrings.ts";
import type { Tokenizer } from "../../src/policy/port.ts";

/** Every piece of one to three characters is a token. */
const pieces: string[] = [];
const tokenizer: Tokenizer = {
  vocabularySize: 1e6,
  endOfTextId: -1,
  endOfTextIds: new Set(),
  beginning: [],
  unknownId: null,
  renderChat: null,
  encodeChat: null,
  encode: (text) => cut(text, [1]),
  decode: (tokens) => tokens.map((token) => pieces[token] ?? "").join(""),
};

function idOf(piece: string): number {
  const known = pieces.indexOf(piece);
  return known >= 0 ? known : pieces.push(piece) - 1;
}

/** Cuts a text at given lengths into tokens. */
function cut(text: string, lengths: readonly number[]): number[] {
  const tokens: number[] = [];
  for (let start = 0, i = 0; start < text.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    tokens.push(idOf(text.slice(start, start + length)));
    start += length;
  }
  return tokens;
}

const stops = ["</search>", "<document>"];

describe("a stop string", () => {
  test("is found at the token that completes it, however it is cut into tokens", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stops),
        fc.stringMatching(/^[a-z <>/]{0,30}$/),
        fc.stringMatching(/^[a-z ]{0,6}$/),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 9 }),
        (stop, before, after, lengths) => {
          fc.pre(!stops.some((other) => before.includes(other)));
          const detector = new StopStringDetector(tokenizer);
          const tokens = cut(`${before}${stop}${after}`, lengths);
          const found = tokens.findIndex((_, last) => detector.completed(tokens.slice(0, last + 1), stops) !== null);
          const complete = tokens.findIndex((_, last) => tokenizer.decode(tokens.slice(0, last + 1)).includes(stop));
          expect(found).toBe(complete);
          expect(detector.completed(tokens.slice(0, found + 1), stops)).toBe(stop);
        },
      ),
    );
  });

  test("is not found again by the tokens after it", () => {
    const detector = new StopStringDetector(tokenizer);
    const tokens = cut("flu </search> and >", [2]);
    const completions = tokens.filter((_, last) => detector.completed(tokens.slice(0, last + 1), stops) !== null);
    expect(completions).toHaveLength(1);
  });
});
