import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitResponse, trajectoryView } from "../../src/report/trajectoryView.ts";
import { searching } from "../environments/runEnvironments.ts";
import { searchCall } from "../environments/searchCalls.ts";

describe("a response cut at its tags", () => {
  it("tells thinking, searches, documents and answer apart", () => {
    const text =
      "<think> first <search> fever drug </search> <document> high a | low b </document> so </think> <answer> x </answer> <eos>";
    expect(splitResponse(text, searching.tags)).toEqual([
      { role: "think", tool: null, text: "first" },
      { role: "call", tool: "search", text: "fever drug" },
      { role: "response", tool: "search", text: "high a | low b" },
      { role: "think", tool: null, text: "so" },
      { role: "answer", tool: null, text: "x" },
    ]);
  });

  it("shows malformed responses as they stand", () => {
    expect(splitResponse("</think> lost", searching.tags)).toEqual([
      { role: "other", tool: null, text: "</think>" },
      { role: "other", tool: null, text: "lost" },
    ]);
  });

  it("never fails and never loses a word outside tags", () => {
    const piece = fc.constantFrom(
      "<think>",
      "</think>",
      "<search>",
      "</search>",
      "<document>",
      "</document>",
      "<answer>",
      "</answer>",
      "w",
      "v",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const shown = splitResponse(pieces.join(" "), searching.tags)
          .map((part) => part.text)
          .join(" ");
        expect(shown.match(/\b[wv]\b/gu)?.length ?? 0).toBe(pieces.filter((one) => one === "w" || one === "v").length);
      }),
    );
  });
});

describe("a trajectory in the report", () => {
  it("escapes what the model and the corpus wrote", () => {
    const view = trajectoryView(
      {
        stageName: "reasoner",
        questionText: "<script>alert(1)</script>",
        rightAnswer: "<b>",
        trajectory: {
          branch: "main",
          stage: 1,
          iteration: 0,
          questionId: "q",
          sample: 0,
          promptTokens: [],
          segments: [],
          text: "<think> <img src=x onerror=alert(1)> </think>",
          calls: [{ ...searchCall([], "<script>query"), status: "failed", error: "<u>broken" }],
          stopReason: "end",
        },
        score: { total: 0.5, correct: false, values: { "<u>": null } },
      },
      searching,
    ).text;
    expect(view).not.toMatch(/<(script|img|u>)/u);
    expect(view).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(view).toContain("not scored");
    expect(view).toContain("&lt;u&gt;broken");
  });
});
