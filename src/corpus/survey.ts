import { setImmediate } from "node:timers/promises";
import { CorpusError } from "./corpusError.ts";
import { Editions } from "./editions.ts";
import type { Edition, EditionCounts } from "./editions.ts";
import { readRecords } from "./readers/read.ts";
import type { ReadResult } from "./readers/recordResult.ts";

/** Which documents of a number of files are current. */
export interface Survey extends EditionCounts {
  /** Numbers of the documents that are not, from 0 in the order of the files. */
  readonly superseded: ReadonlySet<number>;
}

/** The edition that a reader tells, or that of a record told apart by its file and id. */
export function editionOf(file: string, result: Exclude<ReadResult, { readonly reject: unknown }>): Edition {
  if ("deletion" in result) return result.deletion;
  return result.edition ?? { key: `${file}\n${result.document.id}`, version: 0, revised: 0 };
}

/** Records read before the event loop gets a turn. */
const recordsAtOnce = 200;

/** Reads files through for the editions of their documents. */
export async function survey(files: readonly string[], signal?: AbortSignal): Promise<Survey> {
  const editions = new Editions();
  let records = 0;
  for (const file of files) {
    for await (const result of readRecords(file)) {
      signal?.throwIfAborted();
      if (!("reject" in result)) editions.take(editionOf(file, result));
      if (++records % recordsAtOnce === 0) await setImmediate();
    }
  }
  checkIds(editions.counts);
  return { ...editions.counts, superseded: editions.superseded };
}

/** Fewer repeated ids are no sign of ids that mean something else. */
const fewRepeated = 20;

/** Throws where most documents would be taken for editions of others: then ids name books, not the pieces of text that records are. */
export function checkIds({ documents, repeated }: EditionCounts): void {
  if (repeated <= fewRepeated || repeated <= documents / 2) return;
  throw new CorpusError(
    `${repeated} of ${documents} records have the id of another record and would be replaced by the later one; give each record an id of its own`,
  );
}
