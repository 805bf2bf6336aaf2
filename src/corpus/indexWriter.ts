import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Table } from "@lancedb/lancedb";
import type { EvidenceScale } from "../domain/evidenceScale.ts";
import type { Passage } from "../domain/passage.ts";
import { createRest, mapRestfully } from "../eventLoop/rest.ts";
import { CorpusError } from "./corpusError.ts";
import { quoted } from "./filter.ts";
import { readManifestOf, writeManifest } from "./manifest.ts";
import { passageTable } from "./passageTable.ts";
import { connectToWrite } from "./corpusUri.ts";
import { checkRemovals } from "./removals.ts";
import type { OnRemovals } from "./removals.ts";
import { scaleFingerprint } from "./scaleFingerprint.ts";
import type { CorpusSettings } from "./corpusSettings.ts";
import { buildIndexes, openOrCreateTable, passageRow, passageSchema } from "./passageSchema.ts";
import type { VectorShape } from "./passageSchema.ts";
import { buildVectorIndex } from "./vectorIndex.ts";

/** Ids of one delete statement. */
const deleteIds = 1_000;

/** A passage on its way into the table; the vector is wanted in a corpus that has them. */
export interface NewRow {
  readonly passage: Passage;
  readonly vector?: Float32Array;
}

/** What an index holds after a run. */
export interface IndexReport {
  readonly passages: number;
  readonly tableVersion: number;
  readonly fingerprint: string;
  readonly added: number;
  readonly removed: number;
}

/** Writes a corpus' table. One writer a corpus. */
export interface IndexWriter {
  /** Ids of the rows that the table holds. */
  readonly stored: ReadonlySet<string>;
  /** Appends rows in one commit. */
  add(rows: readonly NewRow[]): Promise<void>;
  /**
   * Removes rows of other ids, unless `onRemovals` throws; builds the indexes over the rest, and declares this version
   * complete.
   */
  complete(ids: ReadonlySet<string>, control?: { readonly onRemovals?: OnRemovals }): Promise<IndexReport>;
  close(): void;
}

/** Opens the table of a corpus for writing; rows that were made with other settings or another model are left behind. */
export async function openIndexWriter(
  uri: string,
  settings: CorpusSettings,
  vectors: VectorShape | null,
): Promise<IndexWriter> {
  const connection = await connectToWrite(uri);
  const table = await openOrCreateTable(connection, settings, vectors);
  const stored = await storedIds(table);
  let added = 0;
  return {
    stored,
    add: async (rows) => {
      if (rows.length === 0) return;
      for (const { passage } of rows) checkLevel(passage, settings.scale);
      // Yields to the event loop: texts in scripts without blanks take longest.
      const made = await mapRestfully(rows, ({ passage, vector }) => ({
        ...passageRow(passage, settings),
        ...(vectors !== null && { vector }),
      }));
      await table.add(await passageTable(passageSchema(vectors?.dimensions ?? null), made));
      for (const { passage } of rows) stored.add(passage.id);
      added += rows.length;
    },
    complete: async (ids, { onRemovals } = {}) => {
      const before = await readManifestOf(connection, uri);
      if (onRemovals !== undefined && before !== null)
        await checkRemovals({ uri, connection, before, ids }, onRemovals);
      const removed = [...stored].filter((id) => !ids.has(id));
      await removeRows(table, removed);
      await removeRepeats(table, ids.size);
      const fingerprint = await corpusFingerprint(ids, settings, vectors);
      const version = await table.version();
      const unchanged =
        before !== null &&
        before.fingerprint === fingerprint &&
        before.tableVersion === version &&
        isDeepStrictEqual(before.settings, settings);
      if (unchanged) {
        return { passages: before.passages, tableVersion: version, fingerprint, added: 0, removed: 0 };
      }
      // Few large fragments are searched faster. Nothing is old enough to be cleaned up: runs may have pinned earlier versions.
      if (ids.size > 0) await table.optimize({ cleanupOlderThan: new Date(0) });
      if (ids.size > 0) await buildIndexes(table, settings);
      const search = vectors === null ? null : await buildVectorIndex(table, vectors.name, vectors.dimensions);
      const tableVersion = await table.version();
      await writeManifest(connection, { settings, passages: ids.size, tableVersion, fingerprint, vectors: search });
      return { passages: ids.size, tableVersion, fingerprint, added, removed: removed.length };
    },
    close: () => table.close(),
  };
}

/** Throws for a level that the corpus' scale does not have: no reader could interpret it. */
function checkLevel({ title, evidenceLevel }: Passage, { measure, levels }: EvidenceScale): void {
  if (evidenceLevel === null || evidenceLevel <= levels.length) return;
  throw new CorpusError(
    `the passage “${title}” has level ${evidenceLevel}, but a ${measure} of this corpus is from 1 to ${levels.length}`,
  );
}

async function storedIds(table: Table): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const batch of table.query().select(["id"])) {
    const column = batch.getChild("id");
    for (let row = 0; row < batch.numRows; row++) ids.add(String(column?.get(row)));
  }
  return ids;
}

async function removeRows(table: Table, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += deleteIds) {
    const list = ids.slice(start, start + deleteIds).map(quoted);
    await table.delete(`id IN (${list.join(", ")})`);
  }
}

/**
 * Removes repeated rows, all but the first: an attempt that was given up for dead may have gone on writing for a
 * moment.
 */
async function removeRepeats(table: Table, wanted: number): Promise<void> {
  if ((await table.countRows()) === wanted) return;
  const seen = new Set<string>();
  const repeats: bigint[] = [];
  for await (const batch of table.query().select(["id"]).withRowId()) {
    for (let row = 0; row < batch.numRows; row++) {
      const id = String(batch.getChild("id")?.get(row));
      if (seen.has(id)) repeats.push(batch.getChild("_rowid")?.get(row) as bigint);
      seen.add(id);
    }
  }
  for (let start = 0; start < repeats.length; start += deleteIds)
    await table.delete(`_rowid IN (${repeats.slice(start, start + deleteIds).join(", ")})`);
}

async function corpusFingerprint(
  ids: ReadonlySet<string>,
  { scale, ...settings }: CorpusSettings,
  vectors: VectorShape | null,
): Promise<string> {
  const made = [settings, vectors?.name, vectors?.dimensions, ...scaleFingerprint(scale)];
  const hash = createHash("sha256").update(JSON.stringify(made));
  const rest = createRest();
  // Grouped by their beginnings first: sorting one list of a large corpus' ids would block the event loop.
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const group = groups.get(id.slice(0, 2));
    if (group === undefined) groups.set(id.slice(0, 2), [id]);
    else group.push(id);
    await rest();
  }
  for (const [, group] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const id of group.toSorted()) hash.update(`\n${id}`);
    await rest();
  }
  return hash.digest("hex");
}
