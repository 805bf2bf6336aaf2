import type { Connection } from "@lancedb/lancedb";
import { CorpusError } from "./corpusError.ts";
import type { CorpusManifest } from "./manifest.ts";
import { passageTableName } from "./passageSchema.ts";

/**
 * Passages that an indexing run would remove from a corpus: those whose documents are no longer there, not those that
 * were only cut or written anew.
 */
export interface Removals {
  readonly uri: string;
  /** Passages of the newest complete version. */
  readonly passages: number;
  readonly removed: number;
}

/** Asked before more than a few passages are removed; throws to refuse. */
export type OnRemovals = (removals: Removals) => void | Promise<void>;

/** Removing up to this many passages, or up to this share of all, asks nobody, unless more than half of them go. */
const fewPassages = 5;
const smallShare = 0.1;

/** Throws where files gave nothing: a wrong folder, or files that no reader understands, must not empty a corpus. */
export function checkAnyPassage(passages: number, path: string): void {
  if (passages === 0) throw new CorpusError(`${path}: no passage was read; the corpus stays as it is`);
}

/** Refuses removals that nobody allowed. */
export function refuseRemovals({ uri, passages, removed }: Removals): never {
  throw new CorpusError(
    `${removed} of the ${passages} passages in ${uri} would be removed, because their documents are not among these files; the corpus stays as it is. If that is meant, allow it: --allow-removals, or "allowRemovals": true in a workflow's input`,
  );
}

interface Replacement {
  readonly uri: string;
  readonly connection: Connection;
  /** The version that is searched now. */
  readonly before: CorpusManifest;
  /** Ids of the passages that are to stay or came. */
  readonly ids: ReadonlySet<string>;
}

/** Asks `onRemovals` where a new version would lose more than a few passages of the one before. */
export async function checkRemovals(
  { uri, connection, before, ids }: Replacement,
  onRemovals: OnRemovals,
): Promise<void> {
  const gone = await goneDocuments(connection, before, ids);
  if (gone.size === 0) return;
  for (const document of await documentsOf(connection, ids)) gone.delete(document);
  const removed = [...gone.values()].reduce((sum, passages) => sum + passages, 0);
  const share = removed / before.passages;
  if (share > 0.5 || (share > smallShare && removed > fewPassages))
    await onRemovals({ uri, passages: before.passages, removed });
}

/** Passages of the version before that are not among `ids`, counted by document. */
async function goneDocuments(
  connection: Connection,
  { tableVersion }: CorpusManifest,
  ids: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const table = await connection.openTable(passageTableName);
  try {
    await table.checkout(tableVersion);
    const gone = new Map<string, number>();
    for await (const { id, document } of rowsOf(table))
      if (!ids.has(id)) gone.set(document, (gone.get(document) ?? 0) + 1);
    return gone;
  } finally {
    table.close();
  }
}

async function documentsOf(connection: Connection, ids: ReadonlySet<string>): Promise<Set<string>> {
  const table = await connection.openTable(passageTableName);
  try {
    const documents = new Set<string>();
    for await (const { id, document } of rowsOf(table)) if (ids.has(id)) documents.add(document);
    return documents;
  } finally {
    table.close();
  }
}

async function* rowsOf(
  table: Awaited<ReturnType<Connection["openTable"]>>,
): AsyncIterable<{ readonly id: string; readonly document: string }> {
  for await (const batch of table.query().select(["id", "source", "documentId"])) {
    const [ids, sources, documents] = ["id", "source", "documentId"].map((name) => batch.getChild(name));
    for (let row = 0; row < batch.numRows; row++) {
      const id = String(ids?.get(row));
      const document: unknown = documents?.get(row);
      yield { id, document: typeof document === "string" ? `${String(sources?.get(row))}\n${document}` : id };
    }
  }
}
