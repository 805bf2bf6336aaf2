import { pythonLiteral } from "../domain/text/pythonLiteral.ts";

/** What a text holds as JSON or as Python prints it; undefined for any other text. */
export function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return pythonLiteral(text);
  }
}
