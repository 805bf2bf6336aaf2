import { readFileSync } from "node:fs";
import { isOverrides, type Overrides } from "../configuration/mergeSettings.ts";
import { badInput } from "./cliError.ts";
import { messageOf } from "../domain/messageOf.ts";

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
  if (!isOverrides(value)) throw badInput(`--config ${path}: expected a JSON object of settings`);
  return value;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badInput(`--config ${path}: is not JSON (${messageOf(error)})`);
  }
}
