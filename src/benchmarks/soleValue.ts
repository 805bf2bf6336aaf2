import { valueIn } from "./valueInText.ts";

/** A list that is written in a text. */
const listInText = /^\s*\[.*\]\s*$/s;

/** What a list of one value holds, also one that is written in a text ("[1]", "['B']"): it says no more than the value alone. Anything else as it is. */
export function soleValue(given: unknown): unknown {
  const value = typeof given === "string" && listInText.test(given) ? valueIn(given) : given;
  return Array.isArray(value) && value.length === 1 ? soleValue(value[0]) : given;
}
