import { stat } from "node:fs/promises";
import type { Passage } from "../domain/passage.ts";
import { inThread } from "../threads/job.ts";
import { CorpusError } from "./corpusError.ts";
import { readPassages } from "./ingest.ts";
import type { IngestOptions } from "./ingest.ts";
import type { PassagesPart, PassagesRequest } from "./passagesJob.ts";

/** Bytes of files from which reading them is work for a thread; below, starting one takes longer. */
const threadBytes = 256 * 1024;

/**
 * The passages of files in order, as `readPassages` gives them. Files of any size are read and cut in a thread, so that the event
 * loop is free; a grader's requests wait for a service instead, and are sent from here.
 */
export async function* passagesOfFiles(files: readonly string[], options: IngestOptions): AsyncIterable<Passage> {
  const { grade, size, maxRejectShare, onRecord, onReject } = options;
  if (grade !== undefined || size?.count !== undefined || (await bytesOf(files)) < threadBytes) return yield* readPassages(files, options);
  const request: PassagesRequest = {
    files,
    ...(size !== undefined && { size: { maxTokens: size.maxTokens, overlapTokens: size.overlapTokens } }),
    ...(maxRejectShare !== undefined && { maxRejectShare }),
  };
  for await (const { passages, rejects, records, refusal } of inThread<PassagesPart>(new URL("./passagesJob.ts", import.meta.url), request)) {
    for (let record = 0; record < records; record++) onRecord?.();
    for (const reject of rejects) await onReject(reject);
    yield* passages;
    if (refusal !== null) throw new CorpusError(refusal);
  }
}

/** Stops counting where a thread is worth it. Files that are gone are for the reader to tell of. */
async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    bytes += (await stat(file).catch(() => null))?.size ?? 0;
    if (bytes >= threadBytes) break;
  }
  return bytes;
}
