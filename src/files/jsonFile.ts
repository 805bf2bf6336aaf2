import { readFile } from "node:fs/promises";
import { messageOf } from "../domain/messageOf.ts";
import { repeatedKey } from "../domain/text/repeatedKey.ts";
import { refuseNoFile } from "./kindOf.ts";

/** The text of a file that a person named, without a byte order mark. Throws, naming it, where it is no file. */
export async function readTextFile(path: string): Promise<string> {
  await refuseNoFile(path);
  return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
}

/** Throws, naming the place, for what is no JSON. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${place}: not JSON (${messageOf(error)})`, { cause: error });
  }
}

/** The same of settings: a name that stands there twice is refused, since only one of its values would count. */
export function parseJsonSettings(text: string, place: string): unknown {
  const value = parseJson(text, place);
  const repeated = repeatedKey(text);
  if (repeated === null) return value;
  throw new Error(`${place}: ${JSON.stringify(repeated)} is given twice; leave one of them out`);
}

/** A file of JSON, as `parseJson` reads it. */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson(await readTextFile(path), path);
}

/** A file of settings, as `parseJsonSettings` reads it. */
export async function readJsonSettings(path: string): Promise<unknown> {
  return parseJsonSettings(await readTextFile(path), path);
}
