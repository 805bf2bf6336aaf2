import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, for paths that a person names. Node's own recursive mkdir turns for ever where a file system takes
 * no folders, as below /proc (nodejs/node: it takes the ENOENT of such a place for a missing parent). Throws the system's error.
 */
export function makeFolders(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" && !isFolder(dirname(folder))) {
      makeFolders(dirname(folder));
      makeFolders(folder);
    } else if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Below a file, Node 20 throws even where it is told not to.
    return false;
  }
}
