import { describe, expect, test } from "vitest";
import { createTextStream, tokenTexts } from "../../src/policy/textStream.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";

/** One token a byte, as byte-level tokenizers have for rare characters. */
const bytes = {
  endOfTextIds: new Set([256]),
  decode: (tokens: readonly number[]) => new TextDecoder().decode(Uint8Array.from(tokens)),
};

describe("text that comes token by token", () => {
  test("is the same in pieces as in one", () => {
    const stream = createTextStream(bytes);
    const pieces = [...new TextEncoder().encode("flu 流感 ✓"), 256].map((token) => stream.push(token));
    expect(pieces.join("")).toBe("flu 流感 ✓");
    expect(pieces[4]).toBe("");
    expect(pieces.at(-1)).toBe("");
  });

  test("keeps the blanks between words", () => {
    const tokenizer = createWordTokenizer();
    const stream = createTextStream(tokenizer);
    expect(tokenizer.encode("<think> it is flu").map((token) => stream.push(token))).toEqual([
      "<think>",
      " it",
      " is",
      " flu",
    ]);
    stream.restart();
    expect(stream.push(tokenizer.encode("rest")[0] ?? 0)).toBe("rest");
  });
});

test("tokens that are bytes of one character are shown together, others by themselves", () => {
  const decode = (tokens: readonly number[]): string => Buffer.from(tokens).toString("utf8");
  expect(tokenTexts([...Buffer.from("a癌b")], { decode })).toEqual(["a", "癌", "b"]);
  expect(tokenTexts([0x61, 0xe7, 0x99], { decode })).toEqual(["a", "\ufffd"]);
});
