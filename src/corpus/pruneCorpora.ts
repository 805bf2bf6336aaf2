import { readdir } from "node:fs/promises";
import type { Table } from "@lancedb/lancedb";
import { readManifestOf } from "./manifest.ts";
import { connectCorpus, openTableIfThere, uriBelow } from "./corpusUri.ts";
import { versionPin } from "./versionPin.ts";
import { passageTableName } from "./passageSchema.ts";

/** Frees the disk of versions that nothing reads, in each of the corpora below a folder; `isReader` says which runs there still are. Returns bytes freed. */
export async function pruneCorpora(folder: string, isReader: (name: string) => boolean): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => []))
    bytes += await pruneCorpus(uriBelow(folder, name), isReader);
  return bytes;
}

/**
 * Removes the versions of a corpus that are older than the newest complete one and than all that a run reads; tags of runs
 * that are gone go first. A corpus that is being indexed is left alone. Returns bytes freed.
 */
export async function pruneCorpus(uri: string, isReader: (name: string) => boolean): Promise<number> {
  const connection = await connectCorpus(uri);
  const table = await openTableIfThere(connection, passageTableName);
  if (table === null) return 0;
  try {
    const newest = await readManifestOf(connection, uri);
    if (newest === null || newest.tableVersion !== (await table.version())) return 0;
    const oldestKept = Math.min(newest.tableVersion, ...(await readVersions(table, isReader)));
    const since = (await table.listVersions()).find(({ version }) => version === oldestKept)?.timestamp;
    if (since === undefined) return 0;
    const { prune } = await table.optimize({ cleanupOlderThan: since });
    return prune.bytesRemoved;
  } finally {
    table.close();
  }
}

/** The versions that are tagged, after the tags of readers that are gone were taken away. */
async function readVersions(table: Table, isReader: (name: string) => boolean): Promise<number[]> {
  const tags = await table.tags();
  const versions: number[] = [];
  for (const tag of Object.keys(await tags.list())) {
    if (tag.startsWith(versionPin("")) && !isReader(tag.slice(versionPin("").length))) await tags.delete(tag);
    else versions.push(await tags.getVersion(tag));
  }
  return versions;
}
