import { mkdir } from "node:fs/promises";
import { connect, Session } from "@lancedb/lancedb";
import type { Connection } from "@lancedb/lancedb";
import { lanceAddress } from "../files/lanceAddress.ts";

/** A LanceDB database and the folder it lies in. */
export interface Database {
  readonly connection: Connection;
  readonly folder: string;
  /** Damage that was found while its tables were opened and passed over, in words. */
  readonly damage: string[];
}

/** For files' metadata, and the same for indexes (a log has none). LanceDB's default of 1 GiB fills with versions that nobody reads again. */
const cacheBytes = 32n * 1024n * 1024n;

/** Opens the database of a folder, which is made when it is missing. */
export async function openDatabase(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true });
  return {
    connection: await connect({ uri: lanceAddress(folder), session: new Session(cacheBytes, cacheBytes) }),
    folder,
    damage: [],
  };
}
