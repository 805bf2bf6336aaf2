import type { Question } from "../domain/question.ts";
import { stripTags } from "./tags.ts";

/** What the policy reads: the question and, where there are any, its options. The response begins with `<think>`. */
export function renderPrompt(question: Pick<Question, "text" | "options">): string {
  const options = question.options.map(({ label, text }) => ` ${label} ) ${text}`).join("");
  return `<question> ${stripTags(question.text + options)} </question>`;
}
