import type { z } from "zod";
import { pythonAsJson } from "../domain/text/pythonLiteral.ts";
import { repeatedKey } from "../domain/text/repeatedKey.ts";

/** Wrappers around the value that is looked for, and places in a text where one may begin. */
const deepest = 4;
const mostStarts = 64;

/**
 * The value of a shape that a model's reply holds: alone, in a fence, behind its thinking, amid words, inside another
 * object, as Python writes it, or as a line "name: value" where the shape has one name. Null where there is none, where the reply breaks off in its thinking, where it holds several that differ, or where
 * an object has a name twice.
 */
export function readReply<T>(reply: string, schema: z.ZodType<T>, names: readonly string[]): T | null {
  const text = reply.replace(/^\uFEFF/, "").trim();
  const whole = parse(text);
  let values = whole === undefined ? valuesAmidWords(text, names) : [whole];
  for (let depth = 0; depth < deepest && values.length > 0; depth++) {
    if (values.includes(contradictory)) return null;
    const found = values.map((value) => schema.safeParse(value));
    const misfit = values.some((value, index) => found[index]?.success === false && claims(value, names));
    const distinct = new Map(
      found.flatMap(({ data }) => (data === undefined ? [] : [[JSON.stringify(data), data] as const])),
    );
    if (misfit || distinct.size > 1) return null;
    const [only] = distinct.values();
    if (only !== undefined) return only;
    values = values.flatMap(valuesWithin);
  }
  return null;
}

/** What models put around their thinking. */
const thinkingTag =
  /<\/?(?:think|thinking|thought|reasoning|analysis|scratchpad|reflection|seed:think)>|\[\/?THINK\]|<\|(?:begin|end)_of_thought\|>/gi;

/** A tag of thinking that broke off, or is misspelt: where the thinking ended cannot be told. */
const brokenTag = /<\/?(?:t[a-z]*|r[a-z]*)?$|<\/t[a-z]*>/i;

/** Objects in what is said outside of thinking. */
function valuesAmidWords(text: string, names: readonly string[]): unknown[] {
  const said = withoutThinking(finalChannel(text));
  if (said === null || brokenTag.test(said)) return [];
  const fenced =
    said.startsWith("```") && said.endsWith("```") ? parse(said.slice(3, -3).replace(/^\w+/, "")) : parse(said);
  if (fenced !== undefined) return [fenced];
  const objects = objectsIn(said);
  return objects.length === 0 && !said.includes("{") ? namedLines(said, names) : objects;
}

/** "Verdict: 2", also emphasised, on lines of their own. */
function namedLines(said: string, names: readonly string[]): unknown[] {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) return [];
  return said.split("\n").flatMap((line) => {
    const [, label = "", value = ""] = /^[\s*_#>-]*([A-Za-z]+)[\s*_]*[:=][\s*_]*(\S.*?)[\s*_]*$/.exec(line) ?? [];
    return label.toLowerCase() === name.toLowerCase() ? [{ [name]: value }] : [];
  });
}

/** What stands in the last channel of a reply in channels (OpenAI's harmony): the others are thinking. */
function finalChannel(text: string): string {
  const mark = "<|channel|>";
  if (!text.includes(mark)) return text;
  const [, said] =
    /^final[^<]*<\|message\|>([^]*?)(?:<\|[^|]*\|>)?$/.exec(text.slice(text.lastIndexOf(mark) + mark.length)) ?? [];
  return said ?? "";
}

/** Null where thinking is still open. A closing tag without an opening one ends what a template has opened before the reply. */
function withoutThinking(text: string): string | null {
  let said = "";
  let start = 0;
  let thinking = false;
  for (const { 0: tag, index } of text.matchAll(thinkingTag)) {
    const closes = /^(?:[<[]\/|<\|end)/.test(tag);
    if (closes) said = thinking ? said : "";
    else if (!thinking) said += text.slice(start, index);
    thinking = !closes;
    start = index + tag.length;
  }
  return thinking ? null : (said + text.slice(start)).trim();
}

function objectsIn(text: string): unknown[] {
  const found: unknown[] = [];
  let starts = 0;
  for (let start = text.indexOf("{"); start >= 0 && starts < mostStarts; starts++) {
    const end = endOfObject(text, start);
    const value = end === null ? undefined : parse(text.slice(start, end));
    if (value !== undefined) found.push(value);
    start = text.indexOf("{", value === undefined || end === null ? start + 1 : end);
  }
  return found;
}

/** Index behind the brace that closes the one at `start`; null where none does. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === "\\" && quoted) index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth++;
    else if (!quoted && character === "}" && --depth === 0) return index + 1;
  }
  return null;
}

/** Whether an object is meant as the reply, though it may not fit. */
function claims(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.some((name) => Object.hasOwn(value, name));
}

/** Values one level down; a text that is JSON itself is read. */
function valuesWithin(value: unknown): unknown[] {
  const inner: unknown[] =
    typeof value === "string"
      ? [parse(value)]
      : Array.isArray(value)
        ? value
        : isObject(value)
          ? Object.values(value)
          : [];
  return inner
    .map((one) => (typeof one === "string" && /^\s*[{[]/.test(one) ? (parse(one) ?? one) : one))
    .filter((one) => (typeof one === "object" && one !== null) || one === contradictory);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands for JSON with a name that is given twice: `JSON.parse` would take the last of its values. */
const contradictory = Symbol("contradictory");

/** Undefined for what is neither JSON nor what Python prints. */
function parse(text: string): unknown {
  try {
    return unlessContradictory(text);
  } catch {
    const json = pythonAsJson(text);
    return json === undefined ? undefined : unlessContradictory(json);
  }
}

function unlessContradictory(json: string): unknown {
  const value = JSON.parse(json) as unknown;
  return repeatedKey(json) === null ? value : contradictory;
}
