import { connect, Index } from "@lancedb/lancedb";
import type { Connection, Table } from "@lancedb/lancedb";
import { Field, FixedSizeList, Float32, Int16, Int8, Schema, Utf8 } from "apache-arrow";
import { z } from "zod";
import { Passage } from "../domain/passage.ts";
import type { CorpusSettings } from "./settings.ts";

export const passageTableName = "passages";

/** Columns of a passage; `searched` is what full-text search matches. */
const passageFields = [
  new Field("id", new Utf8(), false),
  new Field("title", new Utf8(), false),
  new Field("text", new Utf8(), false),
  new Field("source", new Utf8(), false),
  new Field("section", new Utf8(), true),
  new Field("year", new Int16(), true),
  new Field("evidenceLevel", new Int8(), true),
  new Field("documentId", new Utf8(), true),
  new Field("licence", new Utf8(), true),
  new Field("searched", new Utf8(), false),
];

function passageSchema(dimensions: number | null): Schema {
  if (dimensions === null) return new Schema(passageFields);
  return new Schema([...passageFields, new Field("vector", new FixedSizeList(dimensions, new Field("item", new Float32(), true)), false)]);
}

export const passageColumns = ["id", "title", "text", "source", "section", "year", "evidenceLevel", "documentId", "licence"];

const StoredRow = Passage.extend({ documentId: z.string().nullable(), licence: z.string().nullable() });

/** The passage of a stored row. */
export function readPassage(row: unknown): Passage {
  const { documentId, licence, ...rest } = StoredRow.parse(row);
  return { ...rest, ...(documentId !== null && { documentId }), ...(licence !== null && { licence }) };
}

/** A passage as a row of the table. */
export function passageRow(passage: Passage, settings: CorpusSettings): Record<string, unknown> {
  return {
    id: passage.id,
    title: passage.title,
    text: passage.text,
    source: passage.source,
    section: passage.section,
    year: passage.year,
    evidenceLevel: passage.evidenceLevel,
    documentId: passage.documentId ?? null,
    licence: passage.licence ?? null,
    searched: settings.searchTitles ? `${passage.title}\n${passage.text}` : passage.text,
  };
}

/** Opens the passages' table, or makes an empty one where there is none or its rows are not to be kept. */
export async function openOrCreateTable(folder: string, keepRows: boolean, dimensions: number | null): Promise<Table> {
  const connection: Connection = await connect(folder);
  const names = await connection.tableNames();
  const exists = names.includes(passageTableName);
  if (exists && keepRows) return connection.openTable(passageTableName);
  return connection.createEmptyTable(passageTableName, passageSchema(dimensions), { mode: exists ? "overwrite" : "create" });
}

/**
 * Builds the indexes anew over all rows: full text, and scalars for look-ups and filters. A rebuilt full-text
 * index knows nothing of deleted or late rows, so equal passages rank equally however they came in.
 */
export async function buildIndexes(table: Table, settings: CorpusSettings): Promise<void> {
  await table.createIndex("searched", {
    config: Index.fts({
      stem: settings.stem,
      removeStopWords: settings.removeStopWords,
      asciiFolding: settings.stem,
      lowercase: true,
      withPosition: false,
    }),
    replace: true,
  });
  for (const column of ["id", "evidenceLevel"]) await table.createIndex(column, { config: Index.btree(), replace: true });
}
