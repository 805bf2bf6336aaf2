import { readSampled, type Reply } from "../../../src/engines/openai/reply.ts";
import type { Tokenizer } from "../../../src/policy/port.ts";

/** How a server ends a reply at a stop string. */
export interface Manners {
  /** It knows stop strings. */
  readonly stops: boolean;
  /** The stop string stays in the text. */
  readonly keeps: boolean;
  /** The field that names the stop string that it met; null for none. */
  readonly names: "stop_reason" | "matched_stop" | null;
  readonly ids: boolean;
}

/** Every character is a token; ids begin behind the end of text. */
export const letters: Tokenizer = {
  vocabularySize: 200,
  endOfTextId: 0,
  endOfTextIds: new Set([0]),
  beginning: [],
  unknownId: null,
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
  decode: (tokens) => tokens.map((token) => (token === 0 ? "" : String.fromCharCode(token))).join(""),
  renderChat: null,
  encodeChat: (messages) => letters.encode(JSON.stringify(messages)),
};

interface Wanted {
  readonly stop?: readonly string[];
  readonly max_tokens: number;
}

/** Writes the given turns one after the other, each until a stop string, the limit or its end, as a server of these manners does. */
export function scriptedServer(turns: readonly string[], manners: Manners) {
  const bodies: Readonly<Record<string, unknown>>[] = [];
  return {
    bodies,
    ask: (body: Readonly<Record<string, unknown>>): Promise<Reply> => {
      const text = turns[bodies.length] ?? "";
      bodies.push(body);
      return Promise.resolve(readSampled(JSON.stringify(written(text, body as unknown as Wanted, manners))));
    },
  };
}

function written(script: string, { stop = [], max_tokens: limit }: Wanted, manners: Manners): unknown {
  const met = manners.stops ? firstStop(script, stop) : null;
  const whole = met === null ? script : script.slice(0, met.end);
  // The end-of-text token counts too.
  const cut = whole.length >= limit + (met === null ? 0 : 1) || (met === null && whole.length + 1 > limit);
  const text = cut ? whole.slice(0, limit) : met !== null && !manners.keeps ? whole.slice(0, met.start) : whole;
  const ids = letters.encode(text);
  const choice = {
    text,
    message: { role: "assistant", content: text },
    finish_reason: cut ? "length" : "stop",
    ...(manners.names !== null && { [manners.names]: met !== null && !cut ? met.stop : null }),
    ...(manners.ids && { token_ids: met === null && !cut ? [...ids, 0] : ids }),
  };
  // A second choice that nobody asked for.
  return { choices: [choice, { text: "other" }], usage: { prompt_tokens: 7, completion_tokens: ids.length } };
}

function firstStop(text: string, stops: readonly string[]): { stop: string; start: number; end: number } | null {
  const found = stops.flatMap((stop) => {
    const start = text.indexOf(stop);
    return start < 0 ? [] : [{ stop, start, end: start + stop.length }];
  });
  return found.toSorted((one, other) => one.end - other.end)[0] ?? null;
}
