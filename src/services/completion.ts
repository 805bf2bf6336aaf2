import { z } from "zod";
import { LanguageModelRefusedError, NotACompletionError, oneLine, refusal } from "./languageModelErrors.ts";

/** What a service replied to one prompt: a text to read, or why there is none. */
export type Completion =
  | { readonly text: string; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly unusable: string; readonly inputTokens: number; readonly outputTokens: number };

const Tokens = z
  .number()
  .min(0)
  .nullish()
  .transform((tokens) => tokens ?? 0)
  .catch(0);
const Part = z.looseObject({ type: z.string().nullish(), text: z.string().optional() });
/** Types of the parts that are said; others hold what the model thought, or no text. */
const said: ReadonlySet<unknown> = new Set(["text", "output_text", null, undefined]);
const Arguments = z.union([z.string(), z.looseObject({}).transform((value) => JSON.stringify(value))]);
const Message = z.looseObject({
  content: z
    .union([
      z.string(),
      z.array(Part).transform((parts) => parts.map(({ type, text }) => (said.has(type) ? (text ?? "") : "")).join("")),
      z.null(),
      // An object where a text with it is meant.
      z.looseObject({}).transform((value) => JSON.stringify(value)),
    ])
    .optional(),
  refusal: z.string().nullish(),
  tool_calls: z
    .array(z.looseObject({ function: z.looseObject({ arguments: Arguments }) }))
    .nullish()
    .catch(null),
  /** The form before `tool_calls`. */
  function_call: z.looseObject({ arguments: Arguments }).nullish().catch(null),
});
/** An answer of the chat completions API, as far as it is looked at. */
const Body = z.looseObject({
  choices: z.array(z.looseObject({ finish_reason: z.string().nullish().catch(null), message: Message })),
  usage: z.looseObject({ prompt_tokens: Tokens, completion_tokens: Tokens }).nullish().catch(null),
});
/** Gateways pass on a provider's error inside an answer of status 200. */
const ErrorInside = z.looseObject({
  error: z.union([
    z.string().transform((message) => ({ message, code: undefined })),
    z.looseObject({ message: z.string(), code: z.unknown().optional() }),
  ]),
});

/**
 * Reads the body of an answer with status 200. Throws NotACompletionError where it is none of the chat completions API,
 * LanguageModelRefusedError where an error inside says that no retry helps.
 */
export function readCompletion(body: string): Completion {
  const answer = parse(body);
  const parsed = Body.safeParse(answer);
  // What stands beside an error was not finished.
  if (!parsed.success || ErrorInside.safeParse(answer).success) throw describeOther(answer, body);
  const { choices, usage } = parsed.data;
  const tokens = { inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 };
  const [choice] = choices;
  if (choice === undefined) return { unusable: "the reply has no choices", ...tokens };
  const { message, finish_reason: ended } = choice;
  const calls = [
    ...(message.tool_calls?.map((call) => call.function) ?? []),
    ...(message.function_call ? [message.function_call] : []),
  ];
  // Some services reply in a given shape by calling a tool of that shape.
  const text = message.content || (calls.length === 1 ? calls[0]?.arguments : undefined) || "";
  if (message.refusal) return { unusable: `the model refused: ${oneLine(message.refusal)}`, ...tokens };
  if (ended === "error") return { unusable: "the provider's error ended the reply", ...tokens };
  if (ended === "content_filter") return { unusable: "the reply was filtered", ...tokens };
  if (text.trim() === "") return { unusable: "the reply is empty", ...tokens };
  // A limit reached behind the last brace cuts nothing off.
  if (ended === "length" && parse(text) === undefined)
    return { unusable: `the reply was cut off: ${oneLine(text)}`, ...tokens };
  return { text, ...tokens };
}

function describeOther(answer: unknown, body: string): Error {
  const inside = ErrorInside.safeParse(answer);
  if (!inside.success)
    return new NotACompletionError(
      `the language model is unavailable: its answer is none of the chat completions API: ${oneLine(body)}`,
    );
  const { message, code } = inside.data.error;
  const status = typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
  const error = refusal(status, `200 and an error inside: ${status === undefined ? "" : `${status} `}${message}`);
  return error instanceof LanguageModelRefusedError ? error : new NotACompletionError(error.message);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
