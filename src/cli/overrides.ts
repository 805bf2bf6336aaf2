import { isOverrides, type Overrides } from "../configuration/mergeSettings.ts";
import { parseJsonSettings, readJsonSettings } from "../files/jsonFile.ts";
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
    JSON.parse(text);
  } catch {
    return text;
  }
  try {
    return parseJsonSettings(text, "--set");
  } catch (error) {
    throw badInput(messageOf(error));
  }
}

/** Reads a JSON file of overrides; a saved configuration.json is one. */
export async function readOverridesFile(path: string): Promise<Overrides> {
  const value = await readJsonSettings(path).catch((error: unknown) => {
    throw badInput(`--config ${messageOf(error)}`);
  });
  if (!isOverrides(value)) throw badInput(`--config ${path}: expected a JSON object of settings`);
  return value;
}
