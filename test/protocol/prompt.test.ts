import { describe, expect, it } from "vitest";
import { createRunEnvironment } from "../../src/environments/runEnvironment.ts";
import type { ChatMessage } from "../../src/policy/port.ts";
import { medicalOffer } from "../../src/tasks/medical/offer.ts";
import { createWordTokenizer } from "./scriptedSampler.ts";

/** What a chat model is told before the question. */
function told(options: { readonly label: string; readonly text: string }[], example: boolean): string {
  let messages: readonly ChatMessage[] = [];
  const tokenizer = {
    ...createWordTokenizer(),
    encodeChat: (asked: readonly ChatMessage[]) => {
      messages = asked;
      return [1];
    },
  };
  createRunEnvironment([{ name: "search", settings: {} }], medicalOffer, { example }).prompt(tokenizer, {
    text: "Does rest help?",
    options,
  });
  return messages.find(({ role }) => role === "system")?.content ?? "";
}

const options = [
  { label: "A", text: "yes" },
  { label: "B", text: "no" },
];

describe("what a chat model is told", () => {
  it("says where the answer's letters stand, for questions that have options", () => {
    expect(told(options, false)).toContain("each behind its letter");
    expect(told([], false)).not.toContain("letter");
  });

  it("shows the form of a response with a call and a letter, where the setting asks for it", () => {
    expect(told(options, true)).toContain(
      "For example: <think> <search> … </search> <document> … </document> … </think> <answer> A </answer>",
    );
    expect(told([], true)).toContain("<answer> … </answer>");
    expect(told(options, false)).not.toContain("For example");
  });
});
