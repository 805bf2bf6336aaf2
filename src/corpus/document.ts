import type { EvidenceLevel } from "../domain/evidence.ts";

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
  /** Publication types and subject headings, as far as the record has them. */
  readonly headings: readonly string[];
  /** Stated by the source itself; null leaves it to the rules of `evidenceLevel.ts`. */
  readonly evidenceLevel: EvidenceLevel | null;
}
