import { readFileSync } from "node:fs";
import { changeNamed, isNamedList, NoSuchMemberError } from "../configuration/namedLists.ts";
import { badInput } from "./cliError.ts";
import { messageOf } from "../domain/messageOf.ts";

/** A nested object of settings that replace a preset's. */
export type Overrides = { [key: string]: unknown };

const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Reads `stages.reasoner.iterations=20` into { stages: { reasoner: { iterations: 20 } } }. The value is JSON where it parses, else text. */
export function parseAssignment(assignment: string): Overrides {
  const equals = assignment.indexOf("=");
  const keys = assignment.slice(0, Math.max(equals, 0)).split(".");
  if (keys.some((key) => key === "" || forbiddenKeys.has(key))) {
    throw badInput(`--set ${assignment}: write it as FIELD=VALUE, for example --set stages.reasoner.iterations=20`);
  }
  return keys.reduceRight<unknown>(
    (value, key) => ({ [key]: value }),
    parseValue(assignment.slice(equals + 1)),
  ) as Overrides;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Reads a JSON file of overrides; a saved configuration.json is one. */
export function readOverridesFile(path: string): Overrides {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw badInput(`--config ${path}: cannot be read (${messageOf(error)})`);
  }
  const value = parseJson(text, path);
  if (!isObject(value)) throw badInput(`--config ${path}: expected a JSON object of settings`);
  return value;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badInput(`--config ${path}: is not JSON (${messageOf(error)})`);
  }
}

/** Later objects win; objects are merged, members of a list are changed by their names, everything else is replaced. */
export function mergeOverrides(parts: readonly Overrides[]): Overrides {
  return parts.reduce<Overrides>((merged, part) => mergeTwo(merged, part), {});
}

function mergeTwo(base: Overrides, over: Overrides): Overrides {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValue(merged[key], value, key);
  return merged;
}

function mergeValue(before: unknown, value: unknown, place: string): unknown {
  if (!isObject(value)) return value;
  if (!isNamedList(before)) return isObject(before) ? mergeTwo(before, value) : value;
  try {
    return changeNamed(before, value, (one, change) => mergeValue(one, change, place));
  } catch (error) {
    throw error instanceof NoSuchMemberError ? badInput(`${place}${error.message}`) : error;
  }
}

function isObject(value: unknown): value is Overrides {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
