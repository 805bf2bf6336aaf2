import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CorpusError } from "../corpusError.ts";
import { readJsonLines } from "./jsonLines.ts";
import { readNxml } from "./nxml.ts";
import { readParquet } from "./parquet.ts";
import { readPlainText } from "./plainText.ts";
import { readPubMedQaAbstracts } from "./pubMedQa.ts";
import { readPubMedXml } from "./pubmedXml.ts";
import type { FileReader, ReadResult } from "./result.ts";

/** Readers by the end of a file's name. */
const readers: readonly (readonly [ending: string, reader: FileReader])[] = [
  [".jsonl", readJsonLines],
  [".jsonl.gz", readJsonLines],
  ["ori_pqal.json", readPubMedQaAbstracts],
  ["ori_pqau.json", readPubMedQaAbstracts],
  ["ori_pqaa.json", readPubMedQaAbstracts],
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
 * Streams the records of a file of a known kind. A file that cannot be read on (cut off, not what its name says) is an error
 * that names the file and the last record; what the disk or the network did keeps its own error.
 */
export async function* readRecords(file: string): AsyncIterable<ReadResult> {
  const reader = readerOf(file);
  if (reader === undefined) throw new CorpusError(`${file}: no reader for this kind of file`);
  let records = 0;
  try {
    for await (const result of reader(file)) {
      records++;
      yield result;
    }
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw error;
    throw new CorpusError(`${file}: cannot be read on after ${records} records (${error instanceof Error ? error.message : String(error)}); mend it or take it away`, { cause: error });
  }
}

/**
 * The readable files of a corpus in order of their paths: a file itself, or all below a folder. Throws when there is
 * none. These are also the shards that are indexed side by side.
 */
export async function corpusFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CorpusError(`${path}: no such file or folder`);
  const files = found.isDirectory() ? (await readdir(path, { recursive: true })).map((name) => join(path, name)) : [path];
  const readable = files.filter((file) => readerOf(file) !== undefined).toSorted();
  if (readable.length > 0) return readable;
  throw new CorpusError(`${path}: no file with a known ending (${readers.map(([ending]) => ending).join(", ")})`);
}
