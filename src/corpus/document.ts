import type { Notice } from "../domain/passage.ts";

/** A part of a document under one heading; chunks never reach across. */
export interface Section {
  readonly heading: string | null;
  readonly text: string;
}

/** What a reader makes of one record, before it is cut into passages. */
export interface SourceDocument {
  /** The record's id at its source, e.g. a PubMed id. */
  readonly id: string;
  readonly title: string;
  /** Name of the collection. */
  readonly source: string;
  readonly year: number | null;
  readonly licence: string | null;
  readonly sections: readonly Section[];
  /** An article of a journal, a book or a part of one; null when the source does not say. */
  readonly kind: "article" | "book" | null;
  /** Publication types as PubMed names them ("Randomized Controlled Trial"), as far as the record has them. */
  readonly publicationTypes: readonly string[];
  /** Subject headings (MeSH), as far as the record has them. */
  readonly headings: readonly string[];
  /** Null: nothing is said against it. */
  readonly notice: Notice | null;
  /** Of the corpus' scale. A reader gives what the source itself states; null leaves it to the grading that follows. */
  readonly evidenceLevel: number | null;
  /** What gives the level, or why it is unknown; absent where the source states it. */
  readonly evidenceReason?: string;
}
