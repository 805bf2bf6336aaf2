import { connect, Session } from "@lancedb/lancedb";
import type { Connection, Table } from "@lancedb/lancedb";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "../domain/messageOf.ts";
import { isAddress } from "../domain/pathText.ts";
import { lanceAddress } from "../files/lanceAddress.ts";
import { makeFolders } from "../files/makeFolders.ts";
import { CorpusError, CorpusUnreachableError } from "./corpusError.ts";

/** Object stores, with the environment variables that say who may use them; LanceDB reads these itself. */
const stores: Readonly<Record<string, readonly string[]>> = {
  "s3://": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"],
  "gs://": ["GOOGLE_APPLICATION_CREDENTIALS"],
  "az://": ["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"],
};

/** The object store of a URI such as s3://bucket/books; undefined for a folder. */
function storeOf(uri: string): string | undefined {
  return Object.keys(stores).find((store) => uri.startsWith(store));
}

/** URI of a corpus, the same for all workers: an address in an object store, or the absolute path of a folder. Throws CorpusError for an address of another kind. */
export function corpusUri(given: string): string {
  if (storeOf(given) !== undefined) return given.replace(/\/+$/, "");
  if (isAddress(given))
    throw new CorpusError(`${given} is no address of an object store that is known: ${Object.keys(stores).join(", ")}`);
  return resolve(given);
}

/** A URI below another one. */
export function uriBelow(uri: string, name: string): string {
  return `${uri}/${name}`;
}

/** For files' metadata: LanceDB's default of 1 GiB fills with versions while a large corpus is being indexed. Indexes keep its default. */
const metadataCacheBytes = 256n * 1024n * 1024n;

function open(uri: string): Promise<Connection> {
  return connect({
    uri: storeOf(uri) === undefined ? lanceAddress(uri) : uri,
    session: new Session(null, metadataCacheBytes),
  });
}

/**
 * Opens the database of a corpus: a folder, or s3://, gs:// or az:// with credentials from this process' environment alone.
 * Throws when an object store cannot be reached, and says what of its credentials is not set.
 */
export async function connectCorpus(uri: string): Promise<Connection> {
  const store = storeOf(uri);
  if (store === undefined) {
    if ((await stat(uri).catch(() => null))?.isDirectory() === false) throw new CorpusError(notAFolder(uri));
    return open(uri);
  }
  try {
    const connection = await open(uri);
    await connection.tableNames();
    return connection;
  } catch (error) {
    const unset = (stores[store] ?? []).filter((name) => (process.env[name] ?? "") === "");
    const hint =
      unset.length === 0
        ? "its credentials are set in this process' environment"
        : `not set in this process' environment: ${unset.join(", ")}`;
    throw new CorpusUnreachableError(
      `the corpus ${uri} cannot be reached (${hint}): ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
      { cause: error },
    );
  }
}

/** As connectCorpus, for writing. Throws CorpusError, in plain words, where a folder cannot be made or written. */
export async function connectToWrite(uri: string): Promise<Connection> {
  if (storeOf(uri) === undefined) await makeWritable(uri);
  return connectCorpus(uri);
}

/** Makes a corpus' folder where it is missing. Throws CorpusError, in plain words, where it cannot be made or written. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EEXIST") throw new CorpusError(notAFolder(folder));
    if (!lasting.has(code)) throw error;
    throw new CorpusError(
      `the corpus ${folder} cannot be written (${messageOf(error)}); give its folder to this user, or choose another`,
      { cause: error },
    );
  }
}

function notAFolder(uri: string): string {
  return `${uri} is a file; a corpus is a folder`;
}

/** Error codes that no retry changes. */
const lasting: ReadonlySet<string> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOENT",
  "ENOTDIR",
  "ENAMETOOLONG",
  "ELOOP",
]);

/** A table of a corpus; null when it is not there. Opening is asked for rather than a list: some stores list nothing. */
export async function openTableIfThere(connection: Connection, name: string): Promise<Table | null> {
  return connection.openTable(name).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith(`Table '${name}' was not found`)) return null;
    throw error;
  });
}

/** False where there is surely no corpus: connecting would make the folder. */
export async function mayHoldCorpus(uri: string): Promise<boolean> {
  return storeOf(uri) !== undefined || (await stat(uri).catch(() => null)) !== null;
}
