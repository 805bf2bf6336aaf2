import { setImmediate } from "node:timers/promises";
import type { Passage } from "../domain/passage.ts";
import { gradeLiterature } from "./literature.ts";
import { chunkSections, defaultChunkSize } from "./chunker.ts";
import type { ChunkSize } from "./chunker.ts";
import { CorpusError } from "./corpusError.ts";
import type { SourceDocument } from "./document.ts";
import type { Edition, EditionCounts } from "./editions.ts";
import { readRecords } from "./readers/read.ts";
import type { Reject } from "./readers/recordResult.ts";
import { tooManyRejects } from "./rejectShare.ts";
import { editionOf, survey } from "./survey.ts";

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
  readonly signal?: AbortSignal;
}

/** A passage and the number of its document, from 0 in the order of the sources. */
export interface NumberedPassage {
  readonly passage: Passage;
  readonly document: number;
}

export interface SurveyControl {
  /** Told once which editions there are, before the first passage. */
  readonly onSurvey?: (counts: EditionCounts) => void;
}

export interface EditionControl {
  /** Numbers of documents that are passed over. */
  readonly superseded?: ReadonlySet<number>;
  /** Told of every document and deletion, in order. */
  readonly onEdition?: (edition: Edition) => void | Promise<void>;
}

/** Documents that are graded together: enough to keep a model's requests in flight. */
const gradedAtOnce = 64;
/** Milliseconds of work after which the event loop gets a turn, for heartbeats. */
const workMilliseconds = 50;
const defaultRejectShare = 0.05;

/**
 * Streams the passages of files, of each document the newest edition alone. The files are read twice: the first time to
 * find the newest editions. Damaged records are told to `onReject`; too many of them are an error.
 */
export async function* readPassages(
  files: readonly string[],
  options: IngestOptions & SurveyControl,
): AsyncIterable<NumberedPassage> {
  const { superseded, ...counts } = await survey(files, options.signal);
  options.onSurvey?.(counts);
  let documents = 0;
  yield* readNumberedPassages(files, {
    ...options,
    superseded,
    onEdition: (edition) => void (edition.deletes !== true && documents++),
  });
  if (documents !== counts.documents)
    throw new CorpusError("the files changed while they were being indexed; start the indexing again");
}

/** Streams the passages of files in order, those of all editions but the superseded ones. */
export async function* readNumberedPassages(
  files: readonly string[],
  options: IngestOptions & EditionControl,
): AsyncIterable<NumberedPassage> {
  const {
    size = defaultChunkSize,
    maxRejectShare = defaultRejectShare,
    onRecord,
    onReject,
    onEdition,
    superseded,
    grade,
  } = options;
  let records = 0;
  let rejects = 0;
  let documents = 0;
  let last: Reject | null = null;
  let waiting: { readonly source: SourceDocument; readonly document: number }[] = [];
  let rested = performance.now();
  const judge = (atEnd: boolean): void => {
    const reason = tooManyRejects({ records, rejects }, maxRejectShare, atEnd);
    if (reason !== null && last !== null)
      throw new CorpusError(`${reason}; the last: ${last.file}, ${last.place}: ${last.reason}`);
  };
  async function* flush(): AsyncIterable<NumberedPassage> {
    const numbers = waiting.map(({ document }) => document);
    const sources = waiting.map(({ source }) => source);
    waiting = [];
    for (const [index, source] of (grade === undefined ? sources : await grade(sources)).entries()) {
      for (const passages of chunkSections(gradeLiterature(source), size)) {
        for (const passage of passages) yield { passage, document: numbers[index] ?? 0 };
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
      if ("reject" in result) {
        rejects += 1;
        last = result.reject;
        await onReject(result.reject);
        judge(false);
        continue;
      }
      await onEdition?.(editionOf(file, result));
      if (!("document" in result)) continue;
      const document = documents++;
      if (superseded?.has(document) === true) continue;
      waiting.push({ source: result.document, document });
      if (grade === undefined || waiting.length >= gradedAtOnce) yield* flush();
    }
  }
  yield* flush();
  judge(true);
}
