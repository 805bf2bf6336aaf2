import type { EvidenceLevel } from "../domain/evidence.ts";

/** A part of a document under one heading; chunks never reach across. */
export interface Section {
  readonly heading: string | null;
  readonly text: string;
}

/** What its publisher says against a document that stays in print: withdrawn, or doubted until it is looked into. */
export type Notice = "retracted" | "concern";

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
  /** Stated by the source itself; null leaves it to the rules of `evidenceLevel.ts`. */
  readonly evidenceLevel: EvidenceLevel | null;
  /** Who gave the level, where it is not the source. */
  readonly evidenceReason?: string;
}
