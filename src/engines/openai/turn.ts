import { StopStringDetector } from "../../policy/stopStrings.ts";
import type { Tokenizer } from "../../policy/port.ts";
import type { Reply } from "./reply.ts";

/** One stretch of a policy, as the embedded engine would have sampled it. */
export interface Turn {
  readonly tokens: readonly number[];
  /** The stop string that its last token completed; null where it ended by itself or at the limit. */
  readonly stopString: string | null;
  readonly ended: "stop" | "length";
}

/**
 * A reply as tokens up to its first stop string, that included: whether the server kept it, cut it off and said so, cut it off without
 * a word (then a call is open at the end), or does not know stop strings. What ended by itself ends with the end-of-text token.
 */
export function turnOf(reply: Reply, tokenizer: Tokenizer, stopStrings: readonly string[]): Turn {
  const given = reply.ids ?? tokenizer.encode(reply.text);
  const cut =
    reply.ids === null ? textUpToStop(reply.text, tokenizer, stopStrings) : idsUpToStop(given, tokenizer, stopStrings);
  if (cut !== null) return { ...cut, ended: "stop" };
  if (reply.ended === "length") return { tokens: given, stopString: null, ended: "length" };
  const missing =
    reply.stopString === undefined
      ? openCall(reply.text, stopStrings)
      : stopStrings.find((one) => one === reply.stopString);
  if (missing !== undefined) {
    const tokens =
      reply.ids === null ? tokenizer.encode(reply.text + missing) : [...given, ...tokenizer.encode(missing)];
    return { tokens, stopString: missing, ended: "stop" };
  }
  const last = given.at(-1);
  const whole = last !== undefined && tokenizer.endOfTextIds.has(last);
  return { tokens: whole ? given : [...given, tokenizer.endOfTextId], stopString: null, ended: "stop" };
}

type Cut = Pick<Turn, "tokens" | "stopString">;

/** Tokens in which a stop string is looked for: they hold the longest one and more. */
const window = 64;

/** Null where no stop string is completed before the end of the text. As the embedded engine, token by token. */
function idsUpToStop(tokens: readonly number[], tokenizer: Tokenizer, stopStrings: readonly string[]): Cut | null {
  const detector = new StopStringDetector(tokenizer);
  for (let length = 1; length <= tokens.length; length++) {
    if (tokenizer.endOfTextIds.has(tokens[length - 1] ?? -1)) return null;
    const stopString = detector.completed(tokens.slice(Math.max(0, length - window), length), stopStrings);
    if (stopString !== null) return { tokens: tokens.slice(0, length), stopString };
  }
  return null;
}

function textUpToStop(text: string, tokenizer: Tokenizer, stopStrings: readonly string[]): Cut | null {
  const ends = stopStrings.flatMap((stopString) => {
    const start = text.indexOf(stopString);
    return start < 0 ? [] : [{ stopString, end: start + stopString.length }];
  });
  const first = ends.toSorted((one, other) => one.end - other.end)[0];
  return first === undefined
    ? null
    : { tokens: tokenizer.encode(text.slice(0, first.end)), stopString: first.stopString };
}

/** The end of a call that is open at the end of a text. */
function openCall(text: string, stopStrings: readonly string[]): string | undefined {
  return stopStrings.find((stop) => stop.startsWith("</") && text.includes(`<${stop.slice(2)}`));
}
