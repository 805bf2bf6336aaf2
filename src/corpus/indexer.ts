import type { Table } from "@lancedb/lancedb";
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { TextEmbedder } from "../domain/embedding.ts";
import type { Passage } from "../domain/passage.ts";
import { quoted } from "./filter.ts";
import { claimSettings, readManifest, writeManifest } from "./manifest.ts";
import { englishCorpus } from "./settings.ts";
import type { CorpusSettings } from "./settings.ts";
import { buildIndexes, openOrCreateTable, passageRow } from "./table.ts";
import { buildVectorIndex } from "./vectorIndex.ts";

/** Rows of one commit: large enough for few fragments, small enough for bounded memory and for a kill to lose little. */
const commitRows = 10_000;
const commitRowsWithVectors = 2_000;
/** Ids of one delete statement. */
const deleteIds = 1_000;

/** Turns passages into vectors; `name` is part of what the corpus is. */
export interface PassageEmbedder extends TextEmbedder {
  readonly dimensions: number;
}

export interface IndexControl {
  /** English prose when left out. */
  readonly settings?: CorpusSettings;
  /** Gives each passage a vector; without one, full text alone serves. */
  readonly embedder?: PassageEmbedder;
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
  const { embedder } = control;
  const sameRows = await claimSettings(folder, settings, embedder === undefined ? null : `${embedder.name} ${embedder.dimensions}`);
  const table = await openOrCreateTable(folder, sameRows, embedder?.dimensions ?? null);
  try {
    const stored = await storedIds(table);
    const { seen, added } = await addMissing(table, passages, stored, settings, control);
    const removed = [...stored].filter((id) => !seen.has(id));
    await removeRows(table, removed);
    const fingerprint = corpusFingerprint(seen, settings, embedder);
    const manifest = await readManifest(folder);
    if (manifest !== null && manifest.fingerprint === fingerprint && added + removed.length === 0) {
      return { passages: manifest.passages, tableVersion: manifest.tableVersion, fingerprint, added: 0, removed: 0 };
    }
    if (seen.size > 0) await buildIndexes(table, settings);
    const vectors = embedder === undefined ? null : await buildVectorIndex(table, embedder.name, embedder.dimensions);
    const tableVersion = await table.version();
    await writeManifest(folder, { settings, passages: seen.size, tableVersion, fingerprint, vectors });
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
  const atOnce = control.embedder === undefined ? commitRows : commitRowsWithVectors;
  let waiting: Passage[] = [];
  let added = 0;
  const commit = async (): Promise<void> => {
    if (waiting.length > 0) await table.add(await rowsOf(waiting, settings, control.embedder));
    added += waiting.length;
    waiting = [];
    control.onProgress?.(seen.size);
  };
  for await (const passage of passages) {
    control.signal?.throwIfAborted();
    if (!seen.has(passage.id) && !stored.has(passage.id)) waiting.push(passage);
    seen.add(passage.id);
    if (waiting.length >= atOnce) await commit();
  }
  await commit();
  return { seen, added };
}

async function rowsOf(passages: readonly Passage[], settings: CorpusSettings, embedder: PassageEmbedder | undefined): Promise<Record<string, unknown>[]> {
  const rows = passages.map((passage) => passageRow(passage, settings));
  if (embedder === undefined) return rows;
  const vectors = await embedder.embed(rows.map(({ searched }) => String(searched)));
  return rows.map((row, index) => ({ ...row, vector: vectors[index] }));
}

async function removeRows(table: Table, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += deleteIds) {
    const list = ids.slice(start, start + deleteIds).map(quoted);
    await table.delete(`id IN (${list.join(", ")})`);
  }
}

function corpusFingerprint(ids: ReadonlySet<string>, settings: CorpusSettings, embedder: PassageEmbedder | undefined): string {
  const hash = createHash("sha256").update(JSON.stringify([settings, embedder?.name, embedder?.dimensions]));
  for (const id of [...ids].toSorted()) hash.update("\n").update(id);
  return hash.digest("hex");
}
