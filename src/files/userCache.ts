import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolders } from "./makeFolders.ts";

/** Where what many runs and checkouts share is kept, by the platform's convention; null for a user who has no home. */
export function userCache(environment: NodeJS.ProcessEnv): string | null {
  const folder = platformFolder(environment);
  return folder === null ? null : join(folder, "med-r3");
}

/** Whether the folder is there, or can be made, and files can be written into it: a home may be read-only. */
export async function canBeFilled(folder: string): Promise<boolean> {
  try {
    makeFolders(folder);
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function platformFolder(environment: NodeJS.ProcessEnv): string | null {
  if (environment["XDG_CACHE_HOME"]) return environment["XDG_CACHE_HOME"];
  if (process.platform === "win32" && environment["LOCALAPPDATA"]) return environment["LOCALAPPDATA"];
  const home = homeFolder();
  if (home === null) return null;
  return process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
}

/** Null where HOME is not set and the user is in no list of users, as in many containers. */
function homeFolder(): string | null {
  try {
    return homedir();
  } catch {
    return null;
  }
}
