import type { Connection, Table } from "@lancedb/lancedb";
import { CorpusError } from "./corpusError.ts";
import { connectCorpus, mayHoldCorpus } from "./corpusUri.ts";
import { readManifestOf, type CorpusManifest } from "./manifest.ts";
import { passageTableName } from "./passageSchema.ts";

/** A corpus that is complete in some version. */
export interface CompleteCorpus {
  readonly connection: Connection;
  readonly table: Table;
  /** Of the newest complete version. */
  readonly newest: CorpusManifest;
}

/** Connects to a corpus; throws CorpusError where none is complete. */
export async function connectComplete(uri: string): Promise<CompleteCorpus> {
  const missing = `no complete corpus in ${uri}; index it first (npm run index, or the workflow indexCorpus)`;
  if (!(await mayHoldCorpus(uri))) throw new CorpusError(missing);
  const connection = await connectCorpus(uri);
  const newest = await readManifestOf(connection, uri);
  if (newest === null) throw new CorpusError(missing);
  return { connection, table: await connection.openTable(passageTableName), newest };
}
