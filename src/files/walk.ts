import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../domain/messageOf.ts";
import { kindFrom, kindOf, PathKindError, refuseSpecial, type PathKind } from "./kindOf.ts";

/** A file or folder below another, by the path that led there. */
export interface WalkedPath {
  readonly path: string;
  readonly kind: PathKind;
  /** Whether the last part of the path is a link. */
  readonly link: boolean;
}

/**
 * All that lies below a folder, in order of name. Links to folders are followed, each folder once, however many ways lead to it: Node's own
 * recursive `readdir` goes round a link to a folder above some forty times, and follows none where it is asked for kinds. A link is told
 * before its folder is read. Throws PathKindError where a folder cannot be read.
 */
export async function* walk(folder: string, known = new Set<string>()): AsyncGenerator<WalkedPath> {
  const real = await realpath(folder);
  if (known.has(real)) return;
  known.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new PathKindError(`${folder}: the folder cannot be read (${messageOf(error)})`, { cause: error });
  });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const link = entry.isSymbolicLink();
    const kind = link ? await kindOf(path).catch(() => "link that leads nowhere" as const) : kindFrom(entry);
    yield { path, kind, link };
    if (kind === "folder") yield* walk(path, known);
  }
}

/** The files that a path names: itself, or those below the folder that `wanted` takes by their paths. Throws PathKindError where one of them is none. */
export async function filesBelow(path: string, wanted: (path: string) => boolean): Promise<string[]> {
  const kind = await kindOf(path);
  refuseSpecial(path, kind);
  if (kind === "file") return [path];
  const files: string[] = [];
  for await (const found of walk(path)) {
    if (found.kind === "folder" || !wanted(found.path.slice(path.length))) continue;
    refuseSpecial(found.path, found.kind);
    files.push(found.path);
  }
  return files;
}
