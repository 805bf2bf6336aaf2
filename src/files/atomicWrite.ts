import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Name of the temporary file that is renamed to `path` when it is complete. No other attempt, process or machine has the same name. */
export function temporaryName(path: string): string {
  return temporaryPrefix(path) + randomUUID();
}

/** How the names of temporary files of `path` begin. */
export function temporaryPrefix(path: string): string {
  return `${path}.unfinished-`;
}

/** Atomic replace: readers see either the old file or the new one, also when several processes write at the same time. `write` fills the temporary file. */
export async function replaceAtomically(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Atomic write of a text file. With `flush` the text is on the disk before the file is replaced. */
export function writeAtomically(path: string, text: string, { flush = false } = {}): Promise<void> {
  return replaceAtomically(path, (temporary) => writeFile(temporary, text, { flush }));
}

/** Atomic write of a text that comes in pieces and may be larger than the memory. */
export function writePiecesAtomically(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  return replaceAtomically(path, (temporary) => pipeline(Readable.from(pieces), createWriteStream(temporary)));
}
