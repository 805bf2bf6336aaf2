import { quoted } from "./filter.ts";
import { readManifest } from "./manifest.ts";
import type { CorpusSettings } from "./corpusSettings.ts";
import { connectCorpus } from "./corpusUri.ts";
import { openMatchingTable } from "./passageSchema.ts";
import type { VectorShape } from "./passageSchema.ts";

/** Says which passages an earlier indexing of the corpus holds. */
export interface KnownIds {
  among(ids: readonly string[]): Promise<ReadonlySet<string>>;
  close(): void;
}

/** Without a complete corpus of these settings nothing is known: then look-ups would have no index to use. */
export async function openKnownIds(
  uri: string,
  settings: CorpusSettings,
  vectors: VectorShape | null,
): Promise<KnownIds> {
  const table =
    (await readManifest(uri)) === null ? null : await openMatchingTable(await connectCorpus(uri), settings, vectors);
  return {
    among: async (ids) => {
      if (table === null || ids.length === 0) return new Set();
      const rows: unknown[] = await table
        .query()
        .where(`id IN (${ids.map(quoted).join(", ")})`)
        .select(["id"])
        .toArray();
      return new Set(rows.map((row) => String((row as { id: unknown }).id)));
    },
    close: () => table?.close(),
  };
}
