import { visible } from "./visible.ts";

/** Everything that our programs write to a terminal or a log goes through this file: control sequences of corpora, models and people never reach it. */

/** Stands around what is to be bold until it is written. A text that holds these two itself gets bold letters and nothing else. */
const [boldStart, boldEnd] = ["\ufdd0", "\ufdd1"] as const;

/** Marks words to be written in bold. */
export function bold(words: string): string {
  return `${boldStart}${words}${boldEnd}`;
}

/** The part of a terminal or pipe that is written to. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Writes text as it may be shown; bold words stand between stars where there is no terminal. */
export function writeText(stream: TextStream, text: string): void {
  const pieces = text.split(new RegExp(`(${boldStart}|${boldEnd})`, "u"));
  const [on, off] = stream.isTTY === true ? ["\u001b[1m", "\u001b[22m"] : ["*", "*"];
  stream.write(pieces.map((piece) => (piece === boldStart ? on : piece === boldEnd ? off : visible(piece))).join(""));
}

/** A line, or several, on standard output. */
export function print(line: string): void {
  writeText(process.stdout, `${line}\n`);
}

/** A line, or several, on standard error. */
export function printError(line: string): void {
  writeText(process.stderr, `${line}\n`);
}

/** A value as JSON in one line on standard output; what is unseen in its texts stands escaped, so that the value stays the same. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value).replaceAll(/[^\n\u0020-\u007e]/gu, (sign) =>
    visible(sign) === sign ? sign : escaped(sign),
  );
  process.stdout.write(`${text}\n`);
}

/** When standard output has taken, or refused, all that was printed. */
export function allPrinted(): Promise<void> {
  return new Promise((resolve) => process.stdout.write("", () => resolve()));
}

function escaped(sign: string): string {
  return Array.from(
    { length: sign.length },
    (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}

const clearLine = "\r\u001b[K";

/** Replaces the line that the cursor is on; it is cut to the terminal's width. */
export function rewriteLine(stream: TextStream & { readonly columns?: number }, line: string): void {
  stream.write(`${clearLine}${visible(line).slice(0, Math.max((stream.columns ?? 80) - 1, 0))}`);
}
