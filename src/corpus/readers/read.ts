import { extname } from "node:path";
import { PathKindError } from "../../files/kindOf.ts";
import { filesBelow } from "../../files/walk.ts";
import { CorpusError } from "../corpusError.ts";
import { readJsonLines } from "./jsonLines.ts";
import { readNxml } from "./nxml.ts";
import { readingOrder } from "./order.ts";
import { readParquet } from "./parquet.ts";
import { readPlainText } from "./plainText.ts";
import { readPubMedQaAbstracts } from "./pubMedQa.ts";
import type { FileReader, ReadResult } from "./recordResult.ts";
import { readXml } from "./xml.ts";
import { messageOf } from "../../domain/messageOf.ts";

/** Readers by the end of a file's name. */
const readers: readonly (readonly [ending: string, reader: FileReader])[] = [
  [".jsonl", readJsonLines],
  [".jsonl.gz", readJsonLines],
  [".ndjson", readJsonLines],
  [".ndjson.gz", readJsonLines],
  ["ori_pqal.json", readPubMedQaAbstracts],
  ["ori_pqau.json", readPubMedQaAbstracts],
  ["ori_pqaa.json", readPubMedQaAbstracts],
  [".xml", readXml],
  [".xml.gz", readXml],
  [".nxml", readNxml],
  [".nxml.gz", readNxml],
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
    throw new CorpusError(
      `${file}: cannot be read on after ${records} records (${messageOf(error)}); mend it or take it away`,
      { cause: error },
    );
  }
}

/** Names of files that describe data and hold none, in any language. */
const aside =
  /^(?:readme|licen[cs]e|copying|changelog|citation|dataset[-_]card)(?:[._-][a-z]{2}(?:[-_][a-z]{2,4})?)?\.(?:md|txt)$/i;

/** Files that editors, notebooks and macOS leave behind, and what only describes the data, are no part of a corpus. */
function isStray(path: string): boolean {
  const parts = path.split(/[\\/]/);
  return parts.some((part) => part.startsWith(".") || part === "__MACOSX") || aside.test(parts.at(-1) ?? "");
}

/** What a corpus consists of. */
export interface CorpusFiles {
  /** Readable files in the order in which later ones replace earlier ones. These are also the shards that are indexed side by side. */
  readonly files: readonly string[];
  /** Files that no reader knows, counted by the ends of their names. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The files of a corpus: a file itself, or all below a folder, without hidden ones and READMEs. Throws CorpusError where none can be read. */
export async function findCorpusFiles(path: string): Promise<CorpusFiles> {
  const unknown = new Map<string, number>();
  const wanted = (name: string): boolean => {
    if (isStray(name)) return false;
    if (readerOf(name) !== undefined) return true;
    const ending = extname(name).toLowerCase() || "no ending";
    unknown.set(ending, (unknown.get(ending) ?? 0) + 1);
    return false;
  };
  const files = await filesBelow(path, wanted).catch((error: unknown) => {
    throw error instanceof PathKindError ? new CorpusError(error.message, { cause: error }) : error;
  });
  const readable = files.filter((file) => readerOf(file) !== undefined).toSorted(readingOrder);
  if (readable.length > 0) return { files: readable, unknown };
  throw new CorpusError(
    `${path}: no file with a known ending (${readers.map(([ending]) => ending).join(", ")}); hidden files, READMEs and licences are passed over`,
  );
}

/** The readable ones alone. */
export async function corpusFiles(path: string): Promise<string[]> {
  return [...(await findCorpusFiles(path)).files];
}

/** Files that were passed over, as a sentence for a report or terminal; null where there are none. */
export function describePassedOver({ unknown }: CorpusFiles): string | null {
  const count = [...unknown.values()].reduce((sum, one) => sum + one, 0);
  return count === 0
    ? null
    : `${count} ${count === 1 ? "file" : "files"} of the corpus ${count === 1 ? "was" : "were"} passed over, since no reader knows the ${unknown.size === 1 ? "ending" : "endings"}: ${[...unknown].map(([ending, files]) => `${ending} (${files})`).join(", ")}`;
}
