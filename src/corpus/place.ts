import { connect, Session } from "@lancedb/lancedb";
import type { Connection, Table } from "@lancedb/lancedb";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { lanceAddress } from "../files/lanceAddress.ts";
import { CorpusError, CorpusUnreachableError } from "./corpusError.ts";

/** Object stores, with the environment variables that say who may use them; LanceDB reads these itself. */
const stores: Readonly<Record<string, readonly string[]>> = {
  "s3://": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"],
  "gs://": ["GOOGLE_APPLICATION_CREDENTIALS"],
  "az://": ["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"],
};

/** The store of a place such as s3://bucket/books; undefined for a folder. */
function storeOf(place: string): string | undefined {
  return Object.keys(stores).find((store) => place.startsWith(store));
}

/** A corpus' place as all workers name it: an address in an object store, or a folder's full path. */
export function corpusPlace(given: string): string {
  return storeOf(given) === undefined ? resolve(given) : given.replace(/\/+$/, "");
}

/** A place below another. */
export function placeBelow(place: string, name: string): string {
  return `${place}/${name}`;
}

/** For files' metadata: LanceDB's default of 1 GiB fills with versions while a large corpus is being indexed. Indexes keep its default. */
const metadataCacheBytes = 256n * 1024n * 1024n;

function open(place: string): Promise<Connection> {
  return connect({
    uri: storeOf(place) === undefined ? lanceAddress(place) : place,
    session: new Session(null, metadataCacheBytes),
  });
}

/**
 * Opens the database of a corpus: a folder, or s3://, gs:// or az:// with credentials from this process' environment alone.
 * Throws when an object store cannot be reached, and says what of its credentials is not set.
 */
export async function connectCorpus(place: string): Promise<Connection> {
  const store = storeOf(place);
  if (store === undefined) {
    if ((await stat(place).catch(() => null))?.isDirectory() === false)
      throw new CorpusError(`${place} is a file; a corpus is a folder`);
    return open(place);
  }
  try {
    const connection = await open(place);
    await connection.tableNames();
    return connection;
  } catch (error) {
    const unset = (stores[store] ?? []).filter((name) => (process.env[name] ?? "") === "");
    const hint =
      unset.length === 0
        ? "its credentials are set in this process' environment"
        : `not set in this process' environment: ${unset.join(", ")}`;
    throw new CorpusUnreachableError(
      `the corpus ${place} cannot be reached (${hint}): ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
      { cause: error },
    );
  }
}

/** A table of a corpus; null when it is not there. Opening is asked for rather than a list: some stores list nothing. */
export async function openTableIfThere(connection: Connection, name: string): Promise<Table | null> {
  return connection.openTable(name).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith(`Table '${name}' was not found`)) return null;
    throw error;
  });
}

/** False where there is surely no corpus: connecting would make the folder. */
export async function mayHoldCorpus(place: string): Promise<boolean> {
  return storeOf(place) !== undefined || (await stat(place).catch(() => null)) !== null;
}
