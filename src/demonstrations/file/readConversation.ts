import { z } from "zod";
import type { Tags, ToolTags } from "../../protocol/tags.ts";
import { toolAnswer } from "../../protocol/toolAnswer.ts";
import { UnfitError } from "../unfit.ts";
import { textOf } from "./conversation.ts";
import type { Message } from "./conversation.ts";

export interface ReadConversation {
  /** What the user asks. */
  readonly asked: string;
  /** All that follows, in the run's protocol. */
  readonly response: string;
}

/** Roles under which data sets keep what a tool answered; the user is one where a call is open. */
const toolRoles = new Set(["tool", "function", "ipython", "observation", "environment", "user"]);
const instructions = new Set(["system", "developer"]);

/**
 * A conversation with one question: instructions (the run's own take their place), the question, then the model's messages with answers of tools
 * between them. Calls stand in the model's text, or in `tool_calls`. Throws UnfitError for any other.
 */
export function readConversation(messages: readonly Message[], tags: Tags): ReadConversation {
  const place = (index: number): string => `messages.${index}`;
  const first = messages.findIndex(({ role }) => !instructions.has(role));
  const question = messages[first];
  if (question?.role !== "user") throw new UnfitError("row", "messages: expected a question of the user first");
  const pieces: string[] = [];
  let open: ToolTags | null = null;
  for (const [offset, message] of messages.slice(first + 1).entries()) {
    const at = place(first + 1 + offset);
    if (message.role === "assistant") {
      if (open !== null) throw new UnfitError("protocol", `${at}: nothing answers the call before it`);
      const text = ownText(message, tags, at);
      pieces.push(text);
      open = openCall(text, tags);
    } else if (toolRoles.has(message.role) && open !== null) {
      pieces.push(shownAnswer(textOf(message, at), open));
      open = null;
    } else
      throw new UnfitError(
        "row",
        `${at}: expected one question and its answer, found another message of the ${message.role} (an answer of a tool follows its call)`,
      );
  }
  if (messages.at(-1)?.role !== "assistant") throw new UnfitError("row", "messages: the last is none of the assistant");
  return { asked: textOf(question, place(first)), response: pieces.join(" ") };
}

function ownText(message: Message, tags: Tags, place: string): string {
  const { reasoning_content: apart, reasoning, tool_calls: calls = [] } = message;
  if ([apart, reasoning].some((one) => typeof one === "string" && one.trim() !== ""))
    throw new UnfitError(
      "protocol",
      `${place}: the reasoning stands in a field of its own; write it between <think> and </think>`,
    );
  const text = textOf(message, place);
  const [call, ...more] = calls;
  if (call === undefined) return text;
  if (more.length > 0)
    throw new UnfitError("protocol", `${place}: several calls at once; each needs its answer before the next`);
  const tool = tags.tools.find((one) => one.tool === call.function.name || one.call === call.function.name);
  if (tool === undefined)
    throw new UnfitError("protocol", `${place}: calls "${call.function.name}", a tool that the run does not have`);
  return `${text} <${tool.call}> ${argumentOf(call.function.arguments, place)} </${tool.call}>`.trimStart();
}

const OneText = z
  .record(z.string(), z.unknown())
  .transform((fields) => Object.values(fields))
  .pipe(z.tuple([z.string()]));

/** What is asked: a text, or the one text of an object, which APIs keep as JSON. */
function argumentOf(given: unknown, place: string): string {
  let value = given;
  if (typeof given === "string" && given.trim().startsWith("{"))
    try {
      value = JSON.parse(given);
    } catch {
      // A text that only looks like JSON is asked as it stands.
    }
  if (typeof value === "string") return value;
  const one = OneText.safeParse(value);
  if (one.success) return one.data[0];
  throw new UnfitError(
    "protocol",
    `${place}: expected a call with one text (got ${JSON.stringify(given)?.slice(0, 60)})`,
  );
}

/** The tool whose call a message ends with. */
function openCall(text: string, tags: Tags): ToolTags | null {
  const last = tags.find(text).at(-1);
  if (last?.role !== "call" || last.kind !== "close" || text.slice(last.end).trim() !== "") return null;
  return tags.tools.find(({ tool }) => tool === last.tool) ?? null;
}

/** An answer with its tags, which some data sets leave out. */
function shownAnswer(text: string, { response }: ToolTags): string {
  const plain = text.trim();
  return plain.startsWith(`<${response}>`) && plain.endsWith(`</${response}>`) ? plain : toolAnswer(response, plain);
}
