import { z } from "zod";
import { NotACompletionError, oneLine } from "../../services/languageModelErrors.ts";

/** What came of one request. */
export interface Reply {
  readonly text: string;
  /** Sampled ids; null where the server gave none. */
  readonly ids: readonly number[] | null;
  /** Why it ended. A server's filter counts as an end. */
  readonly ended: "stop" | "length";
  /** The stop string that the server says it met; null where it says that it met none, undefined where it says nothing of the kind. */
  readonly stopString: string | null | undefined;
  /** The model refused, or its reply was filtered, in words; null for an ordinary reply. */
  readonly refused: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const Tokens = z
  .number()
  .int()
  .min(0)
  .nullish()
  .transform((tokens) => tokens ?? 0)
  .catch(0);
const Ids = z.array(z.number().int().min(0)).nullish().catch(null);
const Choice = z.looseObject({
  finish_reason: z.string().nullish().catch(null),
  stop_reason: z.unknown().optional(),
  matched_stop: z.unknown().optional(),
  text: z.string().nullish(),
  token_ids: Ids,
  message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish().catch(null) }).nullish(),
});
const Body = z.looseObject({
  choices: z.array(Choice).min(1),
  usage: z.looseObject({ prompt_tokens: Tokens, completion_tokens: Tokens }).nullish().catch(null),
});

/** Reads an answer of status 200 of /completions or /chat/completions; of several choices the first. Throws NotACompletionError, which asking again may help. */
export function readSampled(body: string): Reply {
  const parsed = Body.safeParse(parse(body));
  const choice = parsed.success ? parsed.data.choices[0] : undefined;
  if (!parsed.success || choice === undefined || (choice.text == null && choice.message == null))
    throw new NotACompletionError(`the model's server is unavailable: its answer is no completion: ${oneLine(body)}`);
  const { usage } = parsed.data;
  const { message, finish_reason: reason } = choice;
  const named = [choice.stop_reason, choice.matched_stop].filter((one) => one !== undefined);
  const stopString = named.find((one) => typeof one === "string") ?? (named.length > 0 ? null : undefined);
  return {
    text: choice.text ?? message?.content ?? "",
    ids: choice.token_ids ?? null,
    ended: reason === "length" ? "length" : "stop",
    stopString,
    refused: message?.refusal
      ? oneLine(message.refusal)
      : reason === "content_filter"
        ? "the reply was filtered"
        : null,
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ""));
  } catch {
    return undefined;
  }
}
