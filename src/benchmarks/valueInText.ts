import { pythonAsJson } from "../domain/text/pythonLiteral.ts";
import { repeatedKey } from "../domain/text/repeatedKey.ts";
import { RowError } from "./rejectedRows.ts";

/** What a text holds as JSON or as Python prints it; undefined for any other text. Throws RowError where it has a name twice. */
export function valueIn(text: string): unknown {
  const json = isJson(text) ? text : pythonAsJson(text);
  if (json === undefined) return undefined;
  const repeated = repeatedKey(json);
  if (repeated !== null) throw new RowError(`${repeated}: a text of the row has it twice`);
  return JSON.parse(json);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
