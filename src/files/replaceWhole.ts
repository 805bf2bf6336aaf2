import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Where to write what is renamed to `path` when it is whole: a name that no other attempt, process or machine has. */
export function unfinishedName(path: string): string {
  return `${path}.unfinished-${randomUUID()}`;
}

/** Makes a file of which every reader sees the old content or all of the new, however many write it at once. */
export async function replaceWhole(path: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = unfinishedName(path);
  try {
    await write(unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** The same for text that comes in pieces, of any length. */
export function replaceWithPieces(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  return replaceWhole(path, (unfinished) => pipeline(Readable.from(pieces), createWriteStream(unfinished)));
}
