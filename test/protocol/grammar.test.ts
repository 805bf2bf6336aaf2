import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { searchProtocol } from "../../src/environments/search/searchTags.ts";
import { parseResponse as parseWith } from "../../src/protocol/grammar.ts";

const parseResponse = (text: string) => parseWith(text, searchProtocol);

const good =
  "<think> fever suggests flu . <search> flu drug </search> <document> high flu first rest </document> flu first rest . </think> <answer> rest </answer>";

describe("a well-formed response", () => {
  it("is taken apart into thinking, queries, documents and answer", () => {
    expect(parseResponse(good)).toEqual({
      malformedCall: null,
      formatValid: true,
      formatScore: 1,
      thinking: "fever suggests flu . flu first rest .",
      calls: [{ tool: "search", text: "flu drug" }],
      responses: [{ tool: "search", text: "high flu first rest" }],
      answer: "rest",
    });
  });

  it("needs no search and no particular blanks", () => {
    const parsed = parseResponse("\n<think>rest helps</think>\n\n<answer>rest</answer>\n");
    expect(parsed).toMatchObject({ formatValid: true, thinking: "rest helps", answer: "rest" });
  });
});

describe("the format gate", () => {
  it.each([
    ["no think block", "<answer> rest </answer>"],
    ["words before the think block", "so <think> a </think> <answer> b </answer>"],
    ["two think blocks", "<think> a </think> <think> b </think> <answer> c </answer>"],
    ["an unfinished think block", "<think> a <answer> b </answer>"],
    ["no answer", "<think> a </think>"],
    ["an unfinished answer", "<think> a </think> <answer> b"],
    ["two answers", "<think> a </think> <answer> b </answer> <answer> c </answer>"],
    ["an answer inside thinking", "<think> <answer> b </answer> </think>"],
    ["words between thinking and answer", "<think> a </think> therefore <answer> b </answer>"],
    ["words behind the answer", "<think> a </think> <answer> b </answer> c"],
    [
      "a search behind thinking",
      "<think> a </think> <search> q </search> <document> d </document> <answer> b </answer>",
    ],
    [
      "a search inside the answer",
      "<think> a </think> <answer> <search> q </search> <document> d </document> </answer>",
    ],
    ["nothing at all", ""],
    ["a query cut off by the length limit", "<think> a <search> what is"],
  ])("refuses %s", (_, text) => {
    expect(parseResponse(text)).toMatchObject({ formatValid: false, malformedCall: null });
  });

  it("is stricter than the format score, which counts the details that are kept", () => {
    expect(parseResponse("<think> a </think> <answer> b </answer> c").formatScore).toBeCloseTo(7 / 8);
    expect(parseResponse("<think> </think> <answer> </answer>")).toMatchObject({
      formatValid: true,
      formatScore: 6 / 8,
    });
    expect(parseResponse("").formatScore).toBeLessThan(0.5);
  });
});

describe("a malformed search", () => {
  it.each([
    ["own-response", "<think> <document> I know it </document> </think> <answer> b </answer>"],
    [
      "own-response",
      "<think> <search> q </search> <document> d </document> <document> e </document> </think> <answer> b </answer>",
    ],
    ["own-response", "<think> <search> <document> </search> </think>"],
    ["own-response", "<think> a </document> </think> <answer> b </answer>"],
    ["empty", "<think> <search> </search>"],
    ["nested", "<think> <search> a <search> b </search> </search>"],
    ["nested", "<think> <search> </think> <answer> b </answer>"],
    ["repeated", "<think> <search> a </search> </search>"],
    ["repeated", "<think> a </search> </think> <answer> b </answer>"],
    ["repeated", "<think> <search> a </search> <search> b </search> </think>"],
  ])("is recognised as %s in %s", (fault, text) => {
    expect(parseResponse(text)).toMatchObject({
      malformedCall: { tool: "search", fault },
      formatValid: false,
    });
  });
});

describe("any text", () => {
  const piece = fc.constantFrom(
    "<think>",
    "</think>",
    "<search>",
    "</search>",
    "<document>",
    "</document>",
    "<answer>",
    "</answer>",
    "word",
    "薬",
    "<",
    "</",
    "\u0000",
    "\ud800",
  );
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((pieces) => pieces.join(" ")),
    fc.array(piece).map((pieces) => pieces.join("")),
  );

  it("is parsed without an exception, with bounded values and the same verdict twice", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseResponse(text);
        expect(parsed.formatScore).toBeGreaterThanOrEqual(0);
        expect(parsed.formatScore).toBeLessThanOrEqual(1);
        expect(parseResponse(text)).toEqual(parsed);
        expect(parsed.formatValid && (parsed.answer === null || parsed.malformedCall !== null)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps its verdict when blanks are added around tags", () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const verdict = (text: string) => {
          const { formatValid, malformedCall, formatScore } = parseResponse(text);
          return { formatValid, malformedCall, formatScore };
        };
        expect(verdict(pieces.join("\n \t"))).toEqual(verdict(pieces.join(" ")));
      }),
      { numRuns: 1000 },
    );
  });

  it("never lets documents or queries into the thinking", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("w", "<search> hidden </search> <document> hidden </document>")),
        (pieces) => {
          expect(parseResponse(`<think> ${pieces.join(" ")} </think> <answer> b </answer>`).thinking).not.toContain(
            "hidden",
          );
        },
      ),
    );
  });
});
