import { z } from "zod";
import { UnfitError } from "../unfit.ts";

const Part = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const ToolCall = z.looseObject({
  function: z.looseObject({ name: z.string(), arguments: z.unknown().optional() }),
});

/** A message of a conversation, as OpenAI's API and chat data sets have it. */
export const Message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(Part)], { error: "expected a text or a list of parts" }).optional(),
  tool_calls: z.array(ToolCall).optional(),
});
export type Message = z.infer<typeof Message>;

export const Messages = z.array(Message, { error: "expected a list of messages with role and content" }).min(1);

/** The text of a message; one that holds something else than text is refused. */
export function textOf({ role, content = "" }: Message, place: string): string {
  if (typeof content === "string") return content;
  const other = content.find(({ text }) => text === undefined);
  if (other !== undefined)
    throw new UnfitError(
      "row",
      `${place}: the message of the ${role} holds a part that is no text (${other.type ?? "of no type"})`,
    );
  return content.map(({ text }) => text ?? "").join("");
}
