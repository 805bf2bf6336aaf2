import type { Table } from "@lancedb/lancedb";
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Passage } from "../domain/passage.ts";
import { claimSettings, readManifest, writeManifest } from "./manifest.ts";
import { englishCorpus } from "./settings.ts";
import type { CorpusSettings } from "./settings.ts";
import { buildIndexes, openOrCreateTable, passageRow } from "./table.ts";

/** Rows of one commit: large enough for few fragments, small enough for bounded memory. */
const commitRows = 10_000;
/** Ids of one delete statement. */
const deleteIds = 1_000;

export interface IndexControl {
  /** English prose when left out. */
  readonly settings?: CorpusSettings;
  readonly signal?: AbortSignal;
  /** Passages read so far. */
  readonly onProgress?: (passages: number) => void;
}

/** What an index holds after a run. */
export interface IndexReport {
  readonly passages: number;
  readonly tableVersion: number;
  readonly fingerprint: string;
  readonly added: number;
  readonly removed: number;
}

/**
 * Makes the table in `folder` hold exactly these passages, with a full-text index over them. Ids are hashes of
 * content, so what is there already is left alone: a second run, or one after a kill, only adds what is missing
 * and removes what went. One writer a folder.
 */
export async function indexPassages(folder: string, passages: AsyncIterable<Passage>, control: IndexControl = {}): Promise<IndexReport> {
  const settings = control.settings ?? englishCorpus;
  await mkdir(folder, { recursive: true });
  const table = await openOrCreateTable(folder, await claimSettings(folder, settings));
  try {
    const stored = await storedIds(table);
    const { seen, added } = await addMissing(table, passages, stored, settings, control);
    const removed = [...stored].filter((id) => !seen.has(id));
    await removeRows(table, removed);
    const fingerprint = corpusFingerprint(seen, settings);
    const manifest = await readManifest(folder);
    if (manifest !== null && manifest.fingerprint === fingerprint && added + removed.length === 0) {
      return { passages: manifest.passages, tableVersion: manifest.tableVersion, fingerprint, added: 0, removed: 0 };
    }
    if (seen.size > 0) await buildIndexes(table, settings);
    const tableVersion = await table.version();
    await writeManifest(folder, { settings, passages: seen.size, tableVersion, fingerprint });
    return { passages: seen.size, tableVersion, fingerprint, added, removed: removed.length };
  } finally {
    table.close();
  }
}

async function storedIds(table: Table): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const batch of table.query().select(["id"])) {
    const column = batch.getChild("id");
    for (let row = 0; row < batch.numRows; row++) ids.add(String(column?.get(row)));
  }
  return ids;
}

async function addMissing(
  table: Table, passages: AsyncIterable<Passage>, stored: ReadonlySet<string>, settings: CorpusSettings, control: IndexControl,
): Promise<{ seen: Set<string>; added: number }> {
  const seen = new Set<string>();
  let rows: Record<string, unknown>[] = [];
  let added = 0;
  const commit = async (): Promise<void> => {
    if (rows.length > 0) await table.add(rows);
    added += rows.length;
    rows = [];
    control.onProgress?.(seen.size);
  };
  for await (const passage of passages) {
    control.signal?.throwIfAborted();
    if (!seen.has(passage.id) && !stored.has(passage.id)) rows.push(passageRow(passage, settings));
    seen.add(passage.id);
    if (rows.length >= commitRows) await commit();
  }
  await commit();
  return { seen, added };
}

async function removeRows(table: Table, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += deleteIds) {
    const list = ids.slice(start, start + deleteIds).map((id) => `'${id.replaceAll("'", "''")}'`);
    await table.delete(`id IN (${list.join(", ")})`);
  }
}

function corpusFingerprint(ids: ReadonlySet<string>, settings: CorpusSettings): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const id of [...ids].toSorted()) hash.update("\n").update(id);
  return hash.digest("hex");
}
