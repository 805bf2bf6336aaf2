import type { Question } from "../domain/question.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { Tags } from "./tags.ts";

/** What a policy is told and how its responses are read. */
export interface ResponseProtocol {
  readonly tags: Tags;
  /** For chat models; other policies learn the protocol from examples. */
  readonly instructions: string;
}

/**
 * What a chat model is told of the trajectory protocol (docs/method.md#trajectory-protocol). `subject` is what the questions are about, one adjective;
 * each tool says how it is called, behind "While you think you may".
 */
export function protocolInstructions(subject: string | undefined, tools: readonly string[]): string {
  const question = subject === undefined ? "question" : `${subject} question`;
  return [
    `Answer the ${question}. Begin your response with your thinking between <think> and </think>.`,
    ...tools.map((tool) => `While you think you may ${tool}`),
    "After your thinking give the final answer alone between <answer> and </answer>, with nothing behind it.",
  ].join(" ");
}

/** The question, with its options where there are any. */
export function renderPrompt(question: Pick<Question, "text" | "options">, tags: Pick<Tags, "strip">): string {
  const options = question.options.map(({ label, text }) => ` ${label} ) ${text}`).join("");
  return `<question> ${tags.strip(question.text + options)} </question>`;
}

/** Tokens that the policy reads before its response: the question, for a chat model in its chat template behind instructions. */
export function promptTokens(
  tokenizer: Pick<Tokenizer, "beginning" | "encode" | "encodeChat">,
  question: Pick<Question, "text" | "options">,
  { tags, instructions }: ResponseProtocol,
): number[] {
  const text = renderPrompt(question, tags);
  if (tokenizer.encodeChat === null) return [...tokenizer.beginning, ...tokenizer.encode(text)];
  return tokenizer.encodeChat([
    { role: "system", content: instructions },
    { role: "user", content: text },
  ]);
}
