import type { Connection } from "@lancedb/lancedb";
import { Field, Int32, Schema, Utf8 } from "apache-arrow";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { connectCorpus, mayHoldCorpus, openTableIfThere } from "./corpusUri.ts";
import { CorpusSettings } from "./corpusSettings.ts";
import { VectorSearch } from "./vectorIndex.ts";

/** Says that a version of a corpus' table is complete. Written last. */
export const CorpusManifest = z.strictObject({
  settings: CorpusSettings,
  passages: z.number().int().min(0),
  tableVersion: z.number().int().min(1),
  /** SHA-256 (hex) over settings and sorted passage ids: equal fingerprints rank equally. */
  fingerprint: z.string(),
  /** Null: passages have no vectors, and full text alone serves. */
  vectors: VectorSearch.nullable().default(null),
});
export type CorpusManifest = z.infer<typeof CorpusManifest>;

/** One row for each version of the passages' table that was completed; a table, so that object stores hold it too. */
const manifestTableName = "manifests";
const manifestSchema = new Schema([
  new Field("tableVersion", new Int32(), false),
  new Field("manifest", new Utf8(), false),
]);

const ManifestRow = z.object({ tableVersion: z.number(), manifest: z.string() });

/** The manifest of a version, of the newest complete one when none is given; null when there is none. */
export async function readManifest(uri: string, tableVersion?: number): Promise<CorpusManifest | null> {
  return (await mayHoldCorpus(uri)) ? readManifestOf(await connectCorpus(uri), uri, tableVersion) : null;
}

/** The same of a corpus that is connected; `uri` is for messages. */
export async function readManifestOf(
  connection: Connection,
  uri: string,
  tableVersion?: number,
): Promise<CorpusManifest | null> {
  const table = await openTableIfThere(connection, manifestTableName);
  if (table === null) return null;
  const rows: unknown[] = await table.query().toArray();
  table.close();
  const complete = rows
    .map((row) => ManifestRow.parse(row))
    .filter((row) => tableVersion === undefined || row.tableVersion === tableVersion);
  const newest = complete.toSorted((a, b) => b.tableVersion - a.tableVersion)[0];
  if (newest === undefined) return null;
  const parsed = CorpusManifest.safeParse(JSON.parse(newest.manifest));
  if (!parsed.success)
    throw new Error(
      `the manifest of the corpus in ${uri} cannot be read; delete it and index again: ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}

/** Whether a folder may have a manifest, by its entry alone: of thousands of folders, as beside one in /tmp, only these are worth opening. */
export async function mayHaveManifest(folder: string): Promise<boolean> {
  return (await stat(join(folder, `${manifestTableName}.lance`)).catch(() => null)) !== null;
}

/** Makes a version the newest complete one; in one commit, so that a reader sees it or the one before. */
export async function writeManifest(connection: Connection, manifest: CorpusManifest): Promise<void> {
  const table = await connection.createEmptyTable(manifestTableName, manifestSchema, { mode: "create", existOk: true });
  await table.add([{ tableVersion: manifest.tableVersion, manifest: JSON.stringify(manifest) }]);
  table.close();
}
