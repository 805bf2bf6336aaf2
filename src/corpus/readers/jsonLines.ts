import { basename } from "node:path";
import { decodeUtf8 } from "./bytes.ts";
import { readLines } from "./lines.ts";
import { documentOfRecord } from "./record.ts";
import { rejected } from "./result.ts";
import type { ReadResult } from "./result.ts";

/** Reads JSON lines in MedRAG's or Search-R1's fields. */
export async function* readJsonLines(file: string): AsyncIterable<ReadResult> {
  const source = basename(file).replace(/\.jsonl?(\.gz)?$/, "");
  for await (const { number, bytes } of readLines(file)) {
    const place = `line ${number}`;
    if (bytes === null) yield rejected(file, place, "the line is longer than a record may be");
    else if (bytes.length > 0) yield readLine(file, place, bytes, source);
  }
}

function readLine(file: string, place: string, bytes: Buffer, source: string): ReadResult {
  try {
    return { document: documentOfRecord(parseJson(decodeUtf8(bytes)), source) };
  } catch (error) {
    return rejected(file, place, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("not JSON", { cause: error });
  }
}
