import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../files/atomicWrite.ts";
import { ProcessId } from "./processes.ts";

/** What is written beside a running server, so that a later command finds it. */
const ServerRecord = z.object({
  server: ProcessId,
  port: z.number().int(),
  uiPort: z.number().int(),
  /** The process that stops the server when nobody uses it any more; it listens on this port for those who do, and knows them by the token. */
  keeper: ProcessId.extend({ port: z.number().int(), token: z.string() }),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

/** The record in a server folder; null when there is none or it cannot be read. */
export async function readRecord(folder: string): Promise<ServerRecord | null> {
  try {
    const parsed = ServerRecord.safeParse(JSON.parse(await readFile(recordFile(folder), "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Replaces the record as a whole. */
export async function writeRecord(folder: string, record: ServerRecord): Promise<void> {
  await writeAtomically(recordFile(folder), JSON.stringify(record));
}

export async function removeRecord(folder: string): Promise<void> {
  await rm(recordFile(folder), { force: true });
}

export function recordFile(folder: string): string {
  return join(folder, "server.json");
}
