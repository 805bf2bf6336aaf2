import type { Question } from "../domain/question.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { Tags, ToolTags } from "./tags.ts";

/** What a policy is told and how its responses are read. */
export interface ResponseProtocol {
  readonly tags: Tags;
  /** For chat models; other policies learn the protocol from examples. */
  readonly instructions: string;
  /** Tools that the example shown to chat models calls, by their tags; null where none is shown. */
  readonly example: readonly ToolTags[] | null;
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

const optionsInstruction =
  "The options stand behind the question, each behind its letter: the answer is the letter of the right one.";

/** What is said of one question: where its options stand, and an example of a response where one is shown. */
function systemMessage({ options }: Pick<Question, "options">, { instructions, example }: ResponseProtocol): string {
  const [option] = options;
  return [
    instructions,
    ...(option === undefined ? [] : [optionsInstruction]),
    ...(example === null ? [] : [`For example: ${exampleResponse(example[0], option?.label ?? "…")}`]),
  ].join(" ");
}

/** A response in the protocol, with a call of a tool where there is one. */
function exampleResponse(tool: ToolTags | undefined, answer: string): string {
  const call = tool === undefined ? "" : ` <${tool.call}> … </${tool.call}> <${tool.response}> … </${tool.response}>`;
  return `<think>${call} … </think> <answer> ${answer} </answer>`;
}

/** Tokens that the policy reads before its response: the question, for a chat model in its chat template behind instructions. */
export function promptTokens(
  tokenizer: Pick<Tokenizer, "beginning" | "encode" | "encodeChat">,
  question: Pick<Question, "text" | "options">,
  protocol: ResponseProtocol,
): number[] {
  const text = renderPrompt(question, protocol.tags);
  if (tokenizer.encodeChat === null) return [...tokenizer.beginning, ...tokenizer.encode(text)];
  return tokenizer.encodeChat([
    { role: "system", content: systemMessage(question, protocol) },
    { role: "user", content: text },
  ]);
}
