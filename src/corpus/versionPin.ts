import { connectComplete } from "./connectComplete.ts";
import { readManifestOf, type CorpusManifest } from "./manifest.ts";

/** The tag of the version that a reader, such as a run, began with. */
export function versionPin(reader: string): string {
  return `reader-${reader}`;
}

/**
 * The manifest of the version that a reader reads: the first call under a name tags the newest complete version, and later calls find that one, however often the
 * corpus is indexed meanwhile. The name has letters, digits, dots, hyphens and underscores. Throws CorpusError where no corpus is complete.
 */
export async function pinnedManifest(uri: string, reader: string): Promise<CorpusManifest> {
  const { connection, table, newest } = await connectComplete(uri);
  try {
    const tags = await table.tags();
    const tag = versionPin(reader);
    // Of two that make it at once the first counts.
    if (!Object.hasOwn(await tags.list(), tag)) await tags.create(tag, newest.tableVersion).catch(() => undefined);
    const version = await tags.getVersion(tag);
    const manifest = await readManifestOf(connection, uri, version);
    if (manifest === null)
      throw new Error(`the corpus in ${uri} has no manifest of version ${version}, which ${reader} reads`);
    return manifest;
  } finally {
    table.close();
  }
}
