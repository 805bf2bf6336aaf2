import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readJsonLines } from "./jsonLines.ts";
import { readNxml } from "./nxml.ts";
import { readParquet } from "./parquet.ts";
import { readPlainText } from "./plainText.ts";
import { readPubMedXml } from "./pubmedXml.ts";
import type { FileReader } from "./result.ts";

/** Readers by the end of a file's name. */
const readers: readonly (readonly [ending: string, reader: FileReader])[] = [
  [".jsonl", readJsonLines],
  [".jsonl.gz", readJsonLines],
  [".xml", readPubMedXml],
  [".xml.gz", readPubMedXml],
  [".nxml", readNxml],
  [".parquet", readParquet],
  [".md", readPlainText],
  [".txt", readPlainText],
];

/** The reader for a file; undefined for a kind that is not known. */
export function readerOf(file: string): FileReader | undefined {
  return readers.find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
}

/**
 * The readable files of a corpus in order of their paths: a file itself, or all below a folder. Throws when there is
 * none. These are also the shards that are indexed side by side.
 */
export async function corpusFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`${path}: no such file or folder`);
  const files = found.isDirectory() ? (await readdir(path, { recursive: true })).map((name) => join(path, name)) : [path];
  const readable = files.filter((file) => readerOf(file) !== undefined).toSorted();
  if (readable.length > 0) return readable;
  throw new Error(`${path}: no file with a known ending (${readers.map(([ending]) => ending).join(", ")})`);
}
