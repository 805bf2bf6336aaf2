import type { SourceDocument } from "../document.ts";
import type { Edition } from "../editions.ts";
import { messageOf } from "../../domain/messageOf.ts";

/** A record that could not be read: never silently left out. */
export interface Reject {
  readonly file: string;
  /** Where in the file: a line, a record's number, an id. */
  readonly place: string;
  readonly reason: string;
}

/**
 * What a reader yields for each record, in the order of the source. Without an edition a document is a version of the record
 * with its id in the same file.
 */
export type ReadResult =
  | { readonly document: SourceDocument; readonly edition?: Edition }
  | { readonly deletion: Edition }
  | { readonly reject: Reject };

/** Streams the records of one file; memory stays bounded by the largest record allowed. */
export type FileReader = (file: string) => AsyncIterable<ReadResult>;

/** A reject with an error's first line as its reason. */
export function rejected(file: string, place: string, error: unknown): ReadResult {
  const reason = messageOf(error).split("\n")[0] ?? "";
  return { reject: { file, place, reason: reason.slice(0, 500) } };
}
