import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readParquetRows } from "./parquetRows.ts";
import { parseCsv } from "./csv.ts";

/** Names of files whose rows can be read. */
export const dataFilePattern = /\.(?:jsonl?|csv|parquet)$/;

/** A row of a data file and where it stands. */
export interface Row<T> {
  readonly value: T;
  /** File and line or entry, for messages and ids. */
  readonly place: string;
  /** From 0, within its file. */
  readonly index: number;
  readonly file: string;
}

/**
 * Reads rows of a file by its ending: `.jsonl` (one object a line), `.json` (an array, or one object a line as many data
 * sets publish it), `.csv` (with a header), `.parquet`. An error names the file, the line and what is wrong there.
 */
export async function readRows<T>(file: string, schema: z.ZodType<T>): Promise<Row<T>[]> {
  return (await readRaw(file)).map(({ raw, place }, index) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error)}`);
    return { value: parsed.data, place, index, file };
  });
}

async function readRaw(file: string): Promise<RawRow[]> {
  try {
    if (file.endsWith(".parquet")) return (await readParquetRows(file)).map((raw, index) => ({ raw, place: `${file}, row ${index + 1}` }));
    return parseFile(await readFile(file, "utf8"), file);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(file)) throw error;
    throw new Error(`${file}: cannot be read (${String(error)})`, { cause: error });
  }
}

interface RawRow {
  readonly raw: unknown;
  readonly place: string;
}

function parseFile(text: string, file: string): RawRow[] {
  if (file.endsWith(".csv")) return parseCsv(text).map(({ row, line }) => ({ raw: row, place: `${file}, line ${line}` }));
  if (file.endsWith(".json") && text.trimStart().startsWith("[")) {
    const rows = z.array(z.unknown()).parse(parseJson(text, file));
    return rows.map((raw, index) => ({ raw, place: `${file}, entry ${index + 1}` }));
  }
  return text.split("\n").flatMap((line, index) => {
    const place = `${file}, line ${index + 1}`;
    return line.trim() === "" ? [] : [{ raw: parseJson(line, place), place }];
  });
}

/** Parses JSON; the error says where. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: not JSON (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}

/** The data files that a path names: itself, or those in the folder that a name fits, in order of name. */
export async function dataFiles(path: string, fits: RegExp = dataFilePattern): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`${path}: no such file or folder`);
  if (!found.isDirectory()) return [path];
  const files = (await readdir(path, { recursive: true })).filter((name) => fits.test(name)).toSorted().map((name) => join(path, name));
  if (files.length === 0) throw new Error(`${path}: holds no file that fits ${fits.source}`);
  return files;
}
