import { z } from "zod";
import { blotKey } from "../../services/key.ts";
import type { Answer } from "./exchange.ts";

const longestReason = 300;

/** FastAPI's refusals of a field repeat the whole body as `input`, which is left out. */
const WrongField = z.looseObject({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() });
const Body = z.union([
  z
    .looseObject({ detail: z.array(WrongField) })
    .transform(({ detail }) => detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ")),
  z.looseObject({ detail: z.string() }).transform(({ detail }) => detail),
  z.looseObject({ error: z.looseObject({ message: z.string() }) }).transform(({ error }) => error.message),
  z.looseObject({ error: z.string() }).transform(({ error }) => error),
  z.looseObject({ message: z.string() }).transform(({ message }) => message),
]);

/** A server's own words for a message of ours: one line of printable characters, not too long, without the key. */
export function reasonIn({ body, type }: Answer, key: string | null): string {
  const text = body.toString("utf8");
  return printable(type.endsWith("json") ? (Body.safeParse(parse(text)).data ?? text) : text, key);
}

/** One line of printable characters, cut where it is too long, with the key blotted out. */
export function printable(text: string, key: string | null): string {
  const line = blotKey(text, key)
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();
  return line.length > longestReason ? `${line.slice(0, longestReason)} …` : line;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
