import fc from "fast-check";
import { expect, test } from "vitest";
import { Tokenizer } from "@huggingface/tokenizers";
import { learnBytePairs } from "../../src/coldStart/bytePairs.ts";
import { trainTokenizer } from "../../src/coldStart/tokenizerFile.ts";

const texts = ["low low low lower lowest", "newer newer wider widest µg ≥ 5"];

test("the commonest neighbours are joined first, ties by their text", () => {
  expect(learnBytePairs(["ab ab ab cb"], 3)).toEqual([
    ["a", "b"],
    ["Ġ", "ab"],
  ]);
});

/** The same by the book: all pairs are counted anew before each merge. */
function learnSlowly(texts: readonly string[], merges: number): string[] {
  const words = texts.flatMap((text) =>
    text.split(" ").map((word, index) => Array.from(index === 0 ? word : `Ġ${word}`)),
  );
  const learnt: string[] = [];
  while (learnt.length < merges) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 1; i < word.length; i++)
        counts.set(`${word[i - 1]} ${word[i]}`, (counts.get(`${word[i - 1]} ${word[i]}`) ?? 0) + 1);
    const [best] = [...counts].filter(([, count]) => count > 1).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (best === undefined) break;
    const [left = "", right = ""] = best[0].split(" ");
    learnt.push(best[0]);
    for (const word of words)
      for (let i = 1; i < word.length; i++)
        if (word[i - 1] === left && word[i] === right) word.splice(i - 1, 2, left + right);
  }
  return learnt;
}

test("merges are those of counting all pairs anew each time", () => {
  const text = fc
    .array(fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 30,
    })
    .map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.nat(60), (texts, merges) => {
      expect(learnBytePairs(texts, merges).map((pair) => pair.join(" "))).toEqual(learnSlowly(texts, merges));
    }),
  );
});

test("one word of a hundred thousand letters, as in a sequence of bases, takes no longer than many", () => {
  const bases = Array.from({ length: 100_000 }, (_, index) => "acgt".charAt(((index * index) % 7) % 4)).join("");
  expect(learnBytePairs([bases], 1000).length).toBeGreaterThan(5);
});

test("merges do not depend on the order of the texts", () => {
  expect(learnBytePairs(texts.toReversed(), 40)).toEqual(learnBytePairs(texts, 40));
});

test("any text survives encoding and decoding, and a protocol tag is one token", () => {
  const trained = trainTokenizer(texts, 300);
  const tokenizer = new Tokenizer(trained.tokenizer as object, trained.configuration as object);
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  expect(encode("<search>")).toHaveLength(1);
  expect(trained.vocabularySize).toBeLessThanOrEqual(300);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
      const wrapped = `<think> ${text} </think>`;
      expect(
        tokenizer.decode(encode(wrapped), { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
      ).toBe(wrapped);
    }),
  );
});
