import { basename } from "node:path";
import { decodeText } from "./encoding.ts";
import { readLines } from "./lines.ts";
import { readRecord } from "./recordFields.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";

/** Reads JSON lines in MedRAG's or Search-R1's fields. */
export async function* readJsonLines(file: string): AsyncIterable<ReadResult> {
  const source = basename(file).replace(/\.(?:jsonl?|ndjson)(?:\.gz)?$/i, "");
  for await (const { number, bytes } of readLines(file)) {
    const place = `line ${number}`;
    if (bytes === null) yield rejected(file, place, "the line is longer than a record may be");
    else if (!isBlank(bytes)) yield readLine(file, place, bytes, source);
  }
}

/** Nothing, or what Windows leaves of an empty line. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function readLine(file: string, place: string, bytes: Buffer, source: string): ReadResult {
  try {
    return readRecord(parseJson(decodeText(bytes)), source);
  } catch (error) {
    return rejected(file, place, error);
  }
}

/** An id of 64 bits stays exact: a number of JavaScript would round it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/("id"\s*:\s*)(-?\d{16,})(?=\s*[,}])/, '$1"$2"'));
  } catch (error) {
    throw new Error("not JSON", { cause: error });
  }
}
