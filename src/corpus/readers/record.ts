import { z } from "zod";
import type { SourceDocument } from "../document.ts";

const Id = z.union([z.string().min(1), z.number()]).transform(String);
const Year = z.number().int().min(1000).max(2999).nullish();

/** Provenance that a record may carry in any of the record formats. */
const Provenance = {
  source: z.string().nullish(),
  section: z.string().nullish(),
  year: Year,
  licence: z.string().nullish(),
  license: z.string().nullish(),
};

/** MedRAG's corpora: title and content apart, `contents` both together. */
const MedRagRecord = z.object({ id: Id, title: z.string(), content: z.string(), ...Provenance });

/** Search-R1's corpora: `contents` is the quoted title, a line break, and the text. */
const SearchR1Record = z.object({ id: Id, contents: z.string(), ...Provenance });

const AnyRecord = z.union([MedRagRecord, SearchR1Record]);

/** A record of MedRAG's or Search-R1's fields as a document. Throws on other fields and on an empty text. */
export function documentOfRecord(value: unknown, defaultSource: string): SourceDocument {
  const parsed = AnyRecord.safeParse(value);
  if (!parsed.success) throw new Error("expected the fields id, title, content (MedRAG) or id, contents (Search-R1)");
  const { id, source, section, year, licence, license } = parsed.data;
  const { title, text } = "content" in parsed.data ? { title: parsed.data.title, text: parsed.data.content } : splitContents(parsed.data.contents);
  if (text.trim() === "") throw new Error("the text is empty");
  return {
    id,
    title,
    source: source ?? defaultSource,
    year: year ?? null,
    licence: licence ?? license ?? null,
    sections: [{ heading: section ?? null, text }],
    kind: null,
    publicationTypes: [],
    headings: [],
    notice: null,
    evidenceLevel: null,
  };
}

function splitContents(contents: string): { title: string; text: string } {
  const end = contents.indexOf("\n");
  if (end < 0) return { title: "", text: contents };
  return { title: contents.slice(0, end).replace(/^"|"$/g, ""), text: contents.slice(end + 1) };
}
