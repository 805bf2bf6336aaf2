import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeWhole } from "../files/writeWhole.ts";

/** What is written beside a running server, so that a later command finds it. */
const ServerRecord = z.object({
  pid: z.number().int(),
  port: z.number().int(),
  uiPort: z.number().int(),
  /** The command that answers for stopping the server. */
  owner: z.number().int(),
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
  await writeWhole(recordFile(folder), JSON.stringify(record));
}

export async function removeRecord(folder: string): Promise<void> {
  await rm(recordFile(folder), { force: true });
}

/** True when a process of this id lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function recordFile(folder: string): string {
  return join(folder, "server.json");
}
