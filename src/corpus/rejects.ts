import { Field, Schema, Utf8 } from "apache-arrow";
import { z } from "zod";
import { connectCorpus, connectToWrite, openTableIfThere } from "./corpusUri.ts";
import type { Reject } from "./readers/recordResult.ts";

const tableName = "rejects";
const rejectSchema = new Schema(["file", "place", "reason"].map((name) => new Field(name, new Utf8(), false)));
const rowsOfOneCommit = 1000;

/** Collects the rejects of one indexing run in the corpus' table `rejects`; an earlier run's are replaced. */
export interface RejectWriter {
  add(reject: Reject): Promise<void>;
  /** Writes what is left and frees the table; returns how many there were. */
  close(): Promise<number>;
}

/** Opens a corpus' table `rejects` empty. Throws CorpusError where the corpus cannot be written. */
export async function writeRejects(folder: string): Promise<RejectWriter> {
  const connection = await connectToWrite(folder);
  const mode = (await openTableIfThere(connection, tableName)) === null ? "create" : "overwrite";
  const table = await connection.createEmptyTable(tableName, rejectSchema, { mode });
  let waiting: Reject[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await table.add(waiting.map((reject) => ({ ...reject })));
    waiting = [];
  };
  return {
    add: async (reject) => {
      waiting.push(reject);
      count += 1;
      if (waiting.length >= rowsOfOneCommit) await flush();
    },
    close: async () => {
      await flush();
      table.close();
      return count;
    },
  };
}

/** The rejects of the last indexing run; empty when there was none. */
export async function readRejects(folder: string): Promise<Reject[]> {
  const connection = await connectCorpus(folder);
  const rows: unknown[] = (await (await openTableIfThere(connection, tableName))?.query().toArray()) ?? [];
  return rows.map((row) => z.object({ file: z.string(), place: z.string(), reason: z.string() }).parse(row));
}
