import { JSONParser } from "@streamparser/json";
import { z } from "zod";
import type { SourceDocument } from "../document.ts";
import { readBytes } from "./readBytes.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";
import { messageOf } from "../../domain/messageOf.ts";

/** What PubMedQA's files (ori_pqal.json and its larger sisters) hold of an abstract, by PubMed id. */
export const PubMedQaAbstract = z.object({
  CONTEXTS: z.array(z.string()).min(1),
  LABELS: z.array(z.string()),
  MESHES: z.array(z.string()),
  YEAR: z.string().nullish(),
});
export type PubMedQaAbstract = z.infer<typeof PubMedQaAbstract>;

/** Reads the abstracts of a file of PubMedQA, one after another. */
export async function* readPubMedQaAbstracts(file: string): AsyncIterable<ReadResult> {
  const parser = new JSONParser({ paths: ["$.*"], keepStack: false });
  let read: ReadResult[] = [];
  let last = "the beginning";
  parser.onValue = ({ key, value }) => {
    last = `PubMed id ${String(key)}`;
    read.push(readRow(file, String(key), value));
  };
  try {
    for await (const chunk of readBytes(file)) {
      parser.write(chunk);
      yield* read;
      read = [];
    }
    if (!parser.isEnded) throw new Error("the file is cut off");
  } catch (error) {
    yield* read;
    throw new Error(`after ${last}: ${messageOf(error)}`, { cause: error });
  }
}

function readRow(file: string, pubMedId: string, value: unknown): ReadResult {
  const row = PubMedQaAbstract.safeParse(value);
  if (row.success) return { document: documentOfAbstract(pubMedId, row.data) };
  return rejected(
    file,
    `PubMed id ${pubMedId}`,
    `expected the fields CONTEXTS, LABELS, MESHES of PubMedQA (wrong: ${row.error.issues.map(({ path }) => path.join(".")).join(", ")})`,
  );
}

/** The title that stands for an abstract whose own is not in the file. */
export function titleOfAbstract(pubMedId: string): string {
  return `PubMed ${pubMedId}`;
}

/** The abstract of a row; the question is often the paper's title and is left out. */
export function documentOfAbstract(pubMedId: string, row: PubMedQaAbstract): SourceDocument {
  const year = Number(row.YEAR);
  return {
    id: pubMedId,
    title: titleOfAbstract(pubMedId),
    source: "pubmedqa",
    year: Number.isInteger(year) && year > 0 ? year : null,
    licence: null,
    sections: row.CONTEXTS.map((text, index) => ({ heading: row.LABELS[index] ?? null, text })).filter(
      ({ text }) => text.trim() !== "",
    ),
    kind: "article",
    publicationTypes: [],
    headings: row.MESHES,
    notice: null,
    evidenceLevel: null,
  };
}
