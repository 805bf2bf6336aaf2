import { Index } from "@lancedb/lancedb";
import type { Connection, Table } from "@lancedb/lancedb";
import { Field, FixedSizeList, Float32, Int16, Int8, Schema, Utf8 } from "apache-arrow";
import type { RecordBatch } from "apache-arrow";
import { z } from "zod";
import { Notice, Passage } from "../domain/passage.ts";
import { openTableIfThere } from "./corpusUri.ts";
import { indexedText } from "./segmentation.ts";
import type { CorpusSettings } from "./corpusSettings.ts";

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
  new Field("evidenceReason", new Utf8(), true),
  new Field("notice", new Utf8(), true),
  new Field("documentId", new Utf8(), true),
  new Field("licence", new Utf8(), true),
  new Field("searched", new Utf8(), false),
];

/** The Arrow schema of the passages' table; null dimensions: without vectors. */
export function passageSchema(dimensions: number | null): Schema {
  if (dimensions === null) return new Schema(passageFields);
  return new Schema([
    ...passageFields,
    new Field("vector", new FixedSizeList(dimensions, new Field("item", new Float32(), true)), false),
  ]);
}

/** The vectors of a corpus: which model made them, and how long they are. */
export interface VectorShape {
  readonly name: string;
  readonly dimensions: number;
}

export const passageColumns = [
  "id",
  "title",
  "text",
  "source",
  "section",
  "year",
  "evidenceLevel",
  "evidenceReason",
  "notice",
  "documentId",
  "licence",
];

const StoredRow = Passage.extend({
  evidenceReason: z.string().nullable(),
  notice: Notice.nullable(),
  documentId: z.string().nullable(),
  licence: z.string().nullable(),
});

/** The passage of a stored row. */
export function readPassage(row: unknown): Passage {
  const { evidenceReason, notice, documentId, licence, ...rest } = StoredRow.parse(row);
  return {
    ...rest,
    ...(evidenceReason !== null && { evidenceReason }),
    ...(notice !== null && { notice }),
    ...(documentId !== null && { documentId }),
    ...(licence !== null && { licence }),
  };
}

/** The passage of one row of a batch of columns. */
export function readPassageAt(batch: RecordBatch, row: number): Passage {
  return readPassage(
    Object.fromEntries(passageColumns.map((name) => [name, batch.getChild(name)?.get(row) as unknown])),
  );
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
    evidenceReason: passage.evidenceReason ?? null,
    notice: passage.notice ?? null,
    documentId: passage.documentId ?? null,
    licence: passage.licence ?? null,
    searched: indexedText(searchedText(passage, settings), settings),
  };
}

/** What of a passage is searched, and embedded as it stands. */
export function searchedText({ title, text }: Passage, settings: CorpusSettings): string {
  return settings.searchTitles ? `${title}\n${text}` : text;
}

/** Where the table itself says how its rows were made; the version counts changes of what a row holds. */
const madeByKey = "med-r3.rows";
const rowsVersion = 4;

/** Opens the passages' table where its rows were made with these settings and this model; null otherwise. */
export async function openMatchingTable(
  connection: Connection,
  settings: CorpusSettings,
  vectors: VectorShape | null,
): Promise<Table | null> {
  const table = await openTableIfThere(connection, passageTableName);
  if (table === null) return null;
  if ((await table.schema()).metadata.get(madeByKey) === madeBy(settings, vectors)) return table;
  table.close();
  return null;
}

/** Whether a table holds the columns of this version's passages. */
export async function holdsPassages(table: Table): Promise<boolean> {
  const names = new Set((await table.schema()).fields.map(({ name }) => name));
  return passageFields.every(({ name }) => names.has(name));
}

/** The matching table, or an empty one in place of what is there; earlier versions stay readable. */
export async function openOrCreateTable(
  connection: Connection,
  settings: CorpusSettings,
  vectors: VectorShape | null,
): Promise<Table> {
  const matching = await openMatchingTable(connection, settings, vectors);
  if (matching !== null) return matching;
  const exists = (await openTableIfThere(connection, passageTableName)) !== null;
  const schema = new Schema(
    passageSchema(vectors?.dimensions ?? null).fields,
    new Map([[madeByKey, madeBy(settings, vectors)]]),
  );
  return connection.createEmptyTable(passageTableName, schema, { mode: exists ? "overwrite" : "create" });
}

/** The scale is left out: rows do not depend on what a level means. */
function madeBy(
  { stem, removeStopWords, searchTitles, evidenceWords }: CorpusSettings,
  vectors: VectorShape | null,
): string {
  const settings = { stem, removeStopWords, searchTitles, evidenceWords };
  return JSON.stringify([rowsVersion, settings, vectors?.name ?? null, vectors?.dimensions ?? null]);
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
  for (const column of ["id", "evidenceLevel"])
    await table.createIndex(column, { config: Index.btree(), replace: true });
}
