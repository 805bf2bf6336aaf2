import { z } from "zod";
import type { EvidenceScale } from "./evidenceScale.ts";

/** What its publisher says against a document that stays in print: withdrawn, or doubted until it is looked into. */
export const Notice = z.enum(["retracted", "concern"]);
export type Notice = z.infer<typeof Notice>;

/** A chunk of a document, the unit of retrieval. */
export const Passage = z.object({
  /** Stable: a hash of the content. */
  id: z.string().min(1),
  /** Title of the document; retrieval recall counts titles. */
  title: z.string(),
  text: z.string().min(1),
  source: z.string(),
  section: z.string().nullable().default(null),
  year: z.number().int().nullable().default(null),
  /** Level on the corpus' scale, from 1; null when unknown. */
  evidenceLevel: z.number().int().min(1).max(100).nullable().default(null),
  /** What in the source gives the level, or why it is unknown. */
  evidenceReason: z.string().optional(),
  /** What the publisher says against the document; left out when that is nothing. */
  notice: Notice.optional(),
  /** The document's id at its source. */
  documentId: z.string().optional(),
  licence: z.string().optional(),
});
export type Passage = z.infer<typeof Passage>;

const noticeWords: Readonly<Record<Notice, string>> = { retracted: "RETRACTED", concern: "EXPRESSION OF CONCERN" };

/** A passage's title for a person to read, after what is said against the document. */
export function titleWithNotice({ title, notice }: Pick<Passage, "title" | "notice">): string {
  return notice === undefined ? title : `[${noticeWords[notice]}] ${title}`;
}

/** A passage found by a query, best first; higher score is better. */
export interface RankedPassage {
  readonly passage: Passage;
  readonly score: number;
}

/** Finds passages; queries are batched so that an engine can answer all that stopped at one decode step together. */
export interface PassageSearch {
  /** What the passages' levels mean. */
  readonly scale: EvidenceScale;
  /** One result list per query, in order; at most `topN` passages each, ties broken by passage id. */
  search(queries: readonly string[], topN: number): Promise<readonly (readonly RankedPassage[])[]>;
  /** Passages by id, in the order asked; unknown ids are an error. */
  passages(ids: readonly string[]): Promise<readonly Passage[]>;
}
