import type { Question } from "../domain/question.ts";
import type { Tokenizer } from "../policy/port.ts";
import { stripTags } from "./tags.ts";

/** What a chat model is told of the trajectory protocol (METHOD §2); other policies learn it from examples. */
const instructions =
  "Answer the medical question. Begin your response with your thinking between <think> and </think>. While you think you may search the medical " +
  "literature: write a query between <search> and </search>, and what was found follows between <document> and </document>, which you never write " +
  "yourself. After your thinking give the final answer alone between <answer> and </answer>, with nothing behind it.";

/** The question, with its options where there are any. */
export function renderPrompt(question: Pick<Question, "text" | "options">): string {
  const options = question.options.map(({ label, text }) => ` ${label} ) ${text}`).join("");
  return `<question> ${stripTags(question.text + options)} </question>`;
}

/** Tokens that the policy reads before its response: the question, for a chat model in its chat template behind instructions. */
export function promptTokens(
  tokenizer: Pick<Tokenizer, "beginning" | "encode" | "encodeChat">,
  question: Pick<Question, "text" | "options">,
): number[] {
  const text = renderPrompt(question);
  if (tokenizer.encodeChat === null) return [...tokenizer.beginning, ...tokenizer.encode(text)];
  return tokenizer.encodeChat([
    { role: "system", content: instructions },
    { role: "user", content: text },
  ]);
}
