import { stat } from "node:fs/promises";
import { passagesOfFiles } from "./passages.ts";
import { corpusFiles, readRecords } from "./readers/read.ts";
import { checkAnyPassage } from "./removals.ts";

/** Bytes of a corpus' files up to which they are read through before a run begins, in seconds; of more, only how each file begins. */
const readThroughBytes = 8_000_000;

/** Throws CorpusError, before anything is written, where files of a corpus cannot be read, or hold nothing. */
export async function checkCorpusFiles(path: string): Promise<void> {
  const files = await corpusFiles(path);
  if ((await bytesOf(files)) > readThroughBytes) return checkBeginnings(files);
  let passages = 0;
  for await (const _ of passagesOfFiles(files, { onReject: () => undefined })) passages++;
  checkAnyPassage(passages, path);
}

async function checkBeginnings(files: readonly string[]): Promise<void> {
  for (const file of files) for await (const _ of readRecords(file)) break;
}

async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return bytes;
}
