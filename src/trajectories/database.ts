import { mkdir } from "node:fs/promises";
import { connect } from "@lancedb/lancedb";
import type { Connection } from "@lancedb/lancedb";

/** A LanceDB database and the folder it lies in. */
export interface Database {
  readonly connection: Connection;
  readonly folder: string;
  /** Damage that was found while its tables were opened and passed over, in words. */
  readonly damage: string[];
}

/** Opens the database of a folder, which is made when it is missing. */
export async function openDatabase(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true });
  return { connection: await connect(folder), folder, damage: [] };
}
