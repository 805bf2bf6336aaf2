import fc from "fast-check";
import { expect, test } from "vitest";
import { Tokenizer } from "@huggingface/tokenizers";
import { learnBytePairs } from "../../src/benchmarks/coldStart/bytePairs.ts";
import { trainTokenizer } from "../../src/benchmarks/coldStart/tokenizerFile.ts";

const texts = ["low low low lower lowest", "newer newer wider widest µg ≥ 5"];

test("the commonest neighbours are joined first, ties by their text", () => {
  expect(learnBytePairs(["ab ab ab cb"], 3)).toEqual([["a", "b"], ["Ġ", "ab"]]);
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
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
    const wrapped = `<think> ${text} </think>`;
    expect(tokenizer.decode(encode(wrapped), { skip_special_tokens: false, clean_up_tokenization_spaces: false })).toBe(wrapped);
  }));
});
