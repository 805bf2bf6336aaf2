import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenCutter, renderDocumentBlock } from "../../src/environments/search/documentBlock.ts";
import { renderPrompt } from "../../src/protocol/prompt.ts";
import { searchProtocol } from "../../src/environments/search/searchTags.ts";
import { passage } from "../protocol/passages.ts";
import { createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";

const whole = (text: string): string => text;

describe("a document block", () => {
  it("shows each passage with its evidence level, when it is known", () => {
    const passages = [passage("a", "flu first rest", 9), passage("b", "flu first tea")];
    expect(renderDocumentBlock(passages, medicalScale, whole)).toBe(
      "<document> meta-analysis flu first rest | flu first tea </document>",
    );
  });

  it("says that nothing was found", () => {
    expect(renderDocumentBlock([], medicalScale, whole)).toBe("<document> none </document>");
  });

  it("holds no tags but its own, whatever the passage says", () => {
    const tag = fc.constantFrom("<answer>", "</document>", "<thi<think>nk>", "<", "/think>", "x", " ");
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1 }), (pieces) => {
        const block = renderDocumentBlock([passage("a", pieces.join(""))], medicalScale, whole);
        expect(searchProtocol.find(block)).toHaveLength(2);
      }),
    );
  });
});

describe("cutting a passage", () => {
  it("keeps whole words within the limit of tokens", () => {
    const cut = createTokenCutter(createWordTokenizer(), 3);
    expect(cut("one two three four")).toBe("one two three");
    expect(cut("one two")).toBe("one two");
  });

  it("cuts text without blanks at characters", () => {
    const perCharacter = { encode: (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0) };
    expect(createTokenCutter(perCharacter, 2)("流感首选")).toBe("流感");
  });

  it("never exceeds the limit, however unevenly words break into tokens", () => {
    const uneven = {
      encode: (text: string) => Array.from({ length: Math.ceil(text.length / 3) }, (_, index) => index),
    };
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 0, max: 40 }), (text, limit) => {
        expect(uneven.encode(createTokenCutter(uneven, limit)(text)).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe("the prompt", () => {
  it("holds the question and its options", () => {
    const options = [
      { label: "A", text: "rest" },
      { label: "B", text: "tea" },
    ];
    expect(renderPrompt({ text: "What helps ?", options }, searchProtocol)).toBe(
      "<question> What helps ? A ) rest B ) tea </question>",
    );
    expect(renderPrompt({ text: "What helps ?", options: [] }, searchProtocol)).toBe(
      "<question> What helps ? </question>",
    );
  });
});
