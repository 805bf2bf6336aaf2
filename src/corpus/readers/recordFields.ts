import { z } from "zod";
import type { SourceDocument } from "../document.ts";
import { markedUpText } from "./markup.ts";
import { noticeOfTitle } from "./notice.ts";
import type { ReadResult } from "./recordResult.ts";

/** 64-bit integers stay exact; pandas makes numbers with a point of integers where some are missing. */
const Id = z.union([z.string().min(1), z.bigint(), z.number().refine(Number.isFinite)]).transform(String);

/** A year as a number, pandas' 2003.0 and NaN, a text, or a date; null where it is none. */
const Year = z
  .unknown()
  .optional()
  .transform((value) => {
    const year =
      value instanceof Date
        ? value.getUTCFullYear()
        : typeof value === "string"
          ? Number(/^\s*(\d{4})(?:\.0+)?\b/.exec(value)?.[1])
          : Number(value ?? Number.NaN);
    return Number.isInteger(year) && year >= 1000 && year <= 2999 ? year : null;
  });

/** What is missing in a column of texts is null or, by way of pandas, not a number. */
const Words = z
  .union([z.string(), z.nan()])
  .nullish()
  .transform((value) => (typeof value === "string" ? value : null));

/** Provenance that a record may carry in any of the record formats. */
const Provenance = { source: Words, section: Words, year: Year, licence: Words, license: Words };

/** MedRAG's corpora: title and content apart, `contents` both together. */
const MedRagRecord = z.object({ id: Id, title: Words, content: z.string(), ...Provenance });

/** Search-R1's corpora: `contents` is the quoted title, a line break, and the text. */
const SearchR1Record = z.object({ id: Id, contents: z.string(), ...Provenance });

const AnyRecord = z.union([MedRagRecord, SearchR1Record]);

/**
 * Reads a record of MedRAG's or Search-R1's fields. Where it names its source, it is a version of the record with its id of
 * that source, in whatever file. Throws on other fields and on an empty text.
 */
export function readRecord(value: unknown, fileSource: string): ReadResult {
  const parsed = AnyRecord.safeParse(value);
  if (!parsed.success) throw new Error("expected the fields id, title, content (MedRAG) or id, contents (Search-R1)");
  const { id, source } = parsed.data;
  return {
    document: documentOf(parsed.data, fileSource),
    ...(source !== null && { edition: { key: `${source}\n${id}`, version: 0, revised: 0 } }),
  };
}

function documentOf(record: z.output<typeof AnyRecord>, fileSource: string): SourceDocument {
  const { id, source, section, year, licence, license } = record;
  const { title, text } =
    "content" in record
      ? { title: markedUpText(record.title ?? ""), text: markedUpText(record.content) }
      : splitContents(markedUpText(record.contents));
  if (text.trim() === "") throw new Error("the text is empty");
  return {
    id,
    title,
    source: source ?? fileSource,
    year,
    licence: licence ?? license ?? null,
    sections: [{ heading: section ?? null, text }],
    kind: null,
    publicationTypes: [],
    headings: [],
    notice: noticeOfTitle(title),
    evidenceLevel: null,
  };
}

function splitContents(contents: string): { title: string; text: string } {
  const end = contents.indexOf("\n");
  if (end < 0) return { title: "", text: contents };
  return { title: contents.slice(0, end).replace(/^"|"$/g, ""), text: contents.slice(end + 1) };
}
