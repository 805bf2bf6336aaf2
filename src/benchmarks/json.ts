import { messageOf } from "../domain/messageOf.ts";

/** Parses JSON, and NaN as Python writes it; the error says where. */
export function parseJson(text: string, place: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    const known = text.replace(/"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g, (token) =>
      token.startsWith('"') ? token : "null",
    );
    try {
      return JSON.parse(known);
    } catch {
      throw new Error(`${place}: not JSON (${messageOf(error)})`, {
        cause: error,
      });
    }
  }
}

/** Parses JSON. Whole numbers that a number of JavaScript would round, as ids of 64 bits, become texts. */
export function parseExactly(text: string): unknown {
  if (!/(?<!["\d.])\d{16}/.test(text)) return JSON.parse(text);
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
  );
  return JSON.parse(exact);
}
