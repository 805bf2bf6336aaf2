import { isDeepStrictEqual } from "node:util";
import { readManifest, type CorpusManifest } from "./manifest.ts";
import { connectCorpus } from "./corpusUri.ts";
import type { CorpusSettings } from "./corpusSettings.ts";
import { openMatchingTable, type VectorShape } from "./passageSchema.ts";

/**
 * The manifest of a corpus that is complete and was indexed as it would be now: with these settings, this scale, this model and
 * this version's rows; null where it has to be indexed first. Reading on with another scale would weigh passages wrongly.
 */
export async function readCurrentManifest(
  uri: string,
  settings: CorpusSettings,
  vectors: VectorShape | null,
): Promise<CorpusManifest | null> {
  const manifest = await readManifest(uri);
  if (manifest === null || !isDeepStrictEqual(manifest.settings, settings)) return null;
  const table = await openMatchingTable(await connectCorpus(uri), settings, vectors);
  table?.close();
  return table === null ? null : manifest;
}
