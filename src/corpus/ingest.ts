import { setImmediate } from "node:timers/promises";
import type { Passage } from "../domain/passage.ts";
import { chunkSections, defaultChunkSize } from "./chunker.ts";
import type { ChunkSize } from "./chunker.ts";
import { CorpusError } from "./corpusError.ts";
import type { SourceDocument } from "./document.ts";
import { readRecords } from "./readers/read.ts";
import type { Reject } from "./readers/result.ts";

export interface IngestOptions {
  readonly size?: ChunkSize;
  /** Largest share of records that may be rejected, 0–1; more stop the run. */
  readonly maxRejectShare?: number;
  /** Gives documents their levels of evidence before they are cut, some at a time; the text rules when left out. */
  readonly grade?: (documents: readonly SourceDocument[]) => Promise<readonly SourceDocument[]>;
  /** Told of every record, damaged or not. */
  readonly onRecord?: () => void;
  /** Told of every reject as it happens. */
  readonly onReject: (reject: Reject) => void | Promise<void>;
}

/** Documents that are graded together: enough to keep a model's requests in flight. */
const gradedAtOnce = 64;
/** Heartbeats get a turn after this much work. */
const workMilliseconds = 50;
const defaultRejectShare = 0.05;
/** Before this many records the share says little, so it is judged at the end alone. */
const recordsBeforeJudging = 200;

/** Streams the passages of files in order. Damaged records are told to `onReject`; too many of them are an error. */
export async function* readPassages(files: readonly string[], options: IngestOptions): AsyncIterable<Passage> {
  const { size = defaultChunkSize, maxRejectShare = defaultRejectShare, onRecord, onReject, grade } = options;
  let records = 0;
  let rejects = 0;
  let last: Reject | null = null;
  let waiting: SourceDocument[] = [];
  let rested = performance.now();
  const judge = (): void => {
    if (last === null || rejects <= records * maxRejectShare) return;
    throw new CorpusError(`${rejects} of ${records} records could not be read, more than the share of ${maxRejectShare} allowed; the last: ${last.file}, ${last.place}: ${last.reason}`);
  };
  async function* flush(): AsyncIterable<Passage> {
    const documents = grade === undefined ? waiting : await grade(waiting);
    waiting = [];
    for (const document of documents) {
      for (const passages of chunkSections(document, size)) {
        yield* passages;
        if (performance.now() - rested < workMilliseconds) continue;
        await setImmediate();
        rested = performance.now();
      }
    }
  }
  for (const file of files) {
    for await (const result of readRecords(file)) {
      records += 1;
      onRecord?.();
      if ("document" in result) {
        waiting.push(result.document);
        if (grade === undefined || waiting.length >= gradedAtOnce) yield* flush();
        continue;
      }
      rejects += 1;
      last = result.reject;
      await onReject(result.reject);
      if (records >= recordsBeforeJudging) judge();
    }
  }
  yield* flush();
  judge();
}
