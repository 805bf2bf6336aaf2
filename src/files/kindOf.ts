import { stat } from "node:fs/promises";
import type { Dirent, Stats } from "node:fs";
import { messageOf } from "../domain/messageOf.ts";

/**
 * The kind of a path that a person named. "Special" files are read without end, or wait for a writer that never comes.
 */
export type PathKind = "file" | "folder" | "FIFO" | "socket" | "device" | "link that leads nowhere";

/** A path that cannot be read as a file or folder; the message names it. */
export class PathKindError extends Error {
  override readonly name = "PathKindError";
}

/** The kind of a path, links followed. Throws PathKindError where there is nothing, or nothing that may be looked at. */
export async function kindOf(path: string): Promise<PathKind> {
  try {
    return kindFrom(await stat(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new PathKindError(
      code === "ENOENT" || code === "ENOTDIR"
        ? `${path}: no such file or folder`
        : `${path}: cannot be read (${messageOf(error)})`,
      { cause: error },
    );
  }
}

/** The kind that the file system tells; of a link, the kind of where it leads is not told here. */
export function kindFrom(found: Stats | Dirent): PathKind {
  if (found.isDirectory()) return "folder";
  if (found.isFIFO()) return "FIFO";
  if (found.isSocket()) return "socket";
  return found.isCharacterDevice() || found.isBlockDevice() ? "device" : "file";
}

/** Throws PathKindError for what is neither a file nor a folder. */
export function refuseSpecial(path: string, kind: PathKind): void {
  if (kind === "file" || kind === "folder") return;
  throw new PathKindError(
    kind === "link that leads nowhere"
      ? `${path} is a link that leads nowhere`
      : `${path} is a ${kind}, and can be read once at most; save what it gives in a file, and name that`,
  );
}

/** Throws PathKindError where a path is no file. */
export async function refuseNoFile(path: string): Promise<void> {
  const kind = await kindOf(path);
  refuseSpecial(path, kind);
  if (kind === "folder") throw new PathKindError(`${path} is a folder; a file is wanted`);
}
