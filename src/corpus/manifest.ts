import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CorpusSettings } from "./settings.ts";
import { VectorSearch } from "./vectorIndex.ts";

/** Says that a corpus is complete, and which version of its table that is. Written last. */
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

const manifestFile = "corpus.json";
/** Written first: says how the rows of a corpus that is not complete yet were made. */
const settingsFile = "settings.json";

/** Notes how the rows about to be written are made; true when rows that are there were made the same way. */
export async function claimSettings(folder: string, settings: CorpusSettings, vectors: string | null): Promise<boolean> {
  const path = join(folder, settingsFile);
  const text = JSON.stringify({ settings, vectors });
  const before = await readFile(path, "utf8").catch(() => null);
  if (before !== text) await writeFile(path, text);
  return before === text;
}

/** The manifest of a folder; null when no index was completed there. */
export async function readManifest(folder: string): Promise<CorpusManifest | null> {
  const path = join(folder, manifestFile);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = CorpusManifest.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not a corpus manifest; delete the folder and index again: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Replaces the manifest in one step, so that a reader sees the old or the new one. */
export async function writeManifest(folder: string, manifest: CorpusManifest): Promise<void> {
  const temporary = join(folder, `${manifestFile}.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(temporary, join(folder, manifestFile));
}
