import { connect } from "@lancedb/lancedb";
import type { Connection } from "@lancedb/lancedb";
import { stat } from "node:fs/promises";

/** Opens the database of a corpus: a folder. */
export function connectCorpus(place: string): Promise<Connection> {
  return connect(place);
}

/** False where there is surely no corpus; connecting would make the folder. */
export async function mayHoldCorpus(place: string): Promise<boolean> {
  return (await stat(place).catch(() => null)) !== null;
}
