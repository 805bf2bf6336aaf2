import { stat } from "node:fs/promises";
import type { Passage } from "../domain/passage.ts";
import { inThread } from "../threads/job.ts";
import { CorpusError } from "./corpusError.ts";
import { readNumberedPassages, readPassages } from "./ingest.ts";
import type { EditionControl, IngestOptions, NumberedPassage, SurveyControl } from "./ingest.ts";
import type { PassagesPart, PassagesRequest } from "./passagesJob.ts";

/** Bytes of files from which reading them is work for a thread; below, starting one takes longer. */
const threadBytes = 256 * 1024;

/**
 * The passages of files in order, of the newest edition of each document, as `readPassages` gives them. Files of any size are
 * read and cut in a thread, so that the event loop is free; a grader's requests wait for a service instead, and are sent from here.
 */
export async function* passagesOfFiles(
  files: readonly string[],
  options: IngestOptions & SurveyControl,
): AsyncIterable<Passage> {
  const read = (await isForThread(files, options))
    ? inPassagesThread(files, true, options)
    : readPassages(files, options);
  for await (const { passage } of read) yield passage;
}

/** As passagesOfFiles, for all editions, with the numbers of their documents. `onEdition` gets each edition. */
export async function* numberedPassagesOfFiles(
  files: readonly string[],
  options: IngestOptions & Pick<EditionControl, "onEdition">,
): AsyncIterable<NumberedPassage> {
  yield* (await isForThread(files, options))
    ? inPassagesThread(files, false, options)
    : readNumberedPassages(files, options);
}

async function isForThread(files: readonly string[], { grade, size }: IngestOptions): Promise<boolean> {
  return grade === undefined && size?.count === undefined && (await bytesOf(files)) >= threadBytes;
}

async function* inPassagesThread(
  files: readonly string[],
  newestOnly: boolean,
  options: IngestOptions & SurveyControl & EditionControl,
): AsyncIterable<NumberedPassage> {
  const { size, maxRejectShare, onRecord, onReject, onSurvey, onEdition } = options;
  const request: PassagesRequest = {
    files,
    newestOnly,
    ...(size !== undefined && { size: { maxTokens: size.maxTokens, overlapTokens: size.overlapTokens } }),
    ...(maxRejectShare !== undefined && { maxRejectShare }),
  };
  for await (const { passages, rejects, records, editions, counts, refusal } of inThread<PassagesPart>(
    new URL("./passagesJob.ts", import.meta.url),
    request,
  )) {
    if (counts !== null) onSurvey?.(counts);
    for (let record = 0; record < records; record++) onRecord?.();
    for (const reject of rejects) await onReject(reject);
    for (const edition of editions) await onEdition?.(edition);
    yield* passages;
    if (refusal !== null) throw new CorpusError(refusal);
  }
}

/** Adds up the files' sizes until a thread is worth it. Missing files are left to the reader to report. */
async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    bytes += (await stat(file).catch(() => null))?.size ?? 0;
    if (bytes >= threadBytes) break;
  }
  return bytes;
}
