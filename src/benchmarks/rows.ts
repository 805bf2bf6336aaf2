import { relative } from "node:path";
import { decodeText, readUtf8 } from "../corpus/readers/encoding.ts";
import { parseCsv } from "./csv.ts";
import { parseJson } from "./json.ts";
import { readParquetRows } from "./parquetRows.ts";
import { plainValue } from "./plainValue.ts";
import { wholeList } from "./wholeList.ts";
import type { Entry } from "./wholeList.ts";
import { refuseNoFile } from "../files/kindOf.ts";
import { filesBelow } from "../files/walk.ts";
import { messageOf } from "../domain/messageOf.ts";
import { repeatedKey } from "../domain/text/repeatedKey.ts";

/** Names of files whose rows can be read. */
export const dataFilePattern = /\.(?:(?:jsonl?|ndjson|csv)(?:\.gz)?|parquet)$/i;

/** What systems and notebooks leave in folders of data. */
const strayPattern = /(?:^|[\\/])(?:\.|__MACOSX(?:[\\/]|$))/;

/** A row of a data file, unchecked, or why it cannot be read; and where it stands. */
export type RawRow = { readonly place: string } & ({ readonly raw: unknown } | { readonly problem: string });

/** Names of the columns of a table that begins with data at once; null for one with a header. */
export type UnnamedColumns = (first: readonly string[]) => readonly string[] | null;

/**
 * Reads rows of a file by its ending: `.jsonl` (one object a line), `.json` (an array, an object with one, or one object a
 * line as many data sets publish it), `.csv`, each also packed (`.gz`), `.parquet`. Lines and records are read as they are taken, so that only what is made
 * of them is held. Throws where the file as a whole cannot be read, by its name.
 */
export async function readRawRows(file: string, unnamed?: UnnamedColumns): Promise<Iterable<RawRow>> {
  await refuseNoFile(file);
  try {
    if (/\.parquet$/i.test(file))
      return rowsOfList(
        (await readParquetRows(file)).map((value) => ({ value })),
        `${file}, row`,
      );
    return parseFile(await readText(file), file, unnamed);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(file)) throw error;
    throw new Error(`${file}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

/** The text of a file, whatever Unicode encoding it has. Throws where its encoding cannot be told. */
export async function readText(file: string): Promise<string> {
  await refuseNoFile(file);
  const chunks: Buffer[] = [];
  for await (const chunk of readUtf8(file)) chunks.push(chunk);
  try {
    return decodeText(Buffer.concat(chunks)).replace(/^\uFEFF/, "");
  } catch (error) {
    throw new Error(`${file}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

function parseFile(text: string, file: string, unnamed?: UnnamedColumns): Iterable<RawRow> {
  if (/\.csv(?:\.gz)?$/i.test(file)) return rowsOfTable(text, file, unnamed);
  const entries = /\.json(?:\.gz)?$/i.test(file) ? wholeList(text, file) : null;
  return entries === null ? rowsOfLines(text, file) : rowsOfList(entries, `${file}, entry`);
}

/** `named` stands before a row's number, from 1. */
function* rowsOfList(entries: Iterable<Entry>, named: string): Generator<RawRow> {
  let number = 0;
  for (const entry of entries) {
    number += 1;
    const place = `${named} ${number}`;
    yield "value" in entry ? { raw: plainValue(entry.value), place } : { problem: entry.problem, place };
  }
}

function* rowsOfTable(text: string, file: string, unnamed?: UnnamedColumns): Generator<RawRow> {
  for (const record of parseCsv(text, unnamed))
    yield {
      place: `${file}, line ${record.line}`,
      ...("row" in record ? { raw: record.row } : { problem: record.problem }),
    };
}

function* rowsOfLines(text: string, file: string): Generator<RawRow> {
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line.trim() === "") continue;
    const place = `${file}, line ${number}`;
    try {
      const raw = plainValue(parseJson(line, place));
      const repeated = repeatedKey(line);
      yield repeated === null ? { raw, place } : { problem: `${repeated}: the row has it twice`, place };
    } catch (error) {
      yield { problem: error instanceof Error ? error.message.slice(place.length + 2) : String(error), place };
    }
  }
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) {
    yield text.slice(start, index);
    start = index + end.length;
  }
  yield text.slice(start);
}

/** The data files that a path names: itself, or those in the folder that a name fits, in order of name. */
export async function dataFiles(path: string, fits: RegExp = dataFilePattern): Promise<string[]> {
  const files = (await filesBelow(path, (name) => fits.test(name) && !strayPattern.test(name))).toSorted();
  if (files.length === 0) throw new Error(`${path}: holds no file that fits ${fits.source}`);
  return files;
}

/** The data file that a path names: itself, or the only one in the folder. */
export async function onlyDataFile(path: string): Promise<string> {
  const files = await dataFiles(path);
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  const names = files.map((file) => relative(path, file)).join(", ");
  throw new Error(`${path}: holds several data files; name one by its path, or as "file": ${names}`);
}
