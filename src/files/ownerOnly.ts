import { chmod } from "node:fs/promises";
import { makeFolders } from "./makeFolders.ts";

/** What this process and those that it starts make from now on is their owner's alone: folders 0700, files 0600. Databases made by LanceDB and the Temporal server follow it too. */
export function keepOwnerOnly(): void {
  process.umask(0o077);
}

/** Makes a folder that nobody else can enter; one that is there already is closed, with all that earlier versions left in it. */
export async function ownerOnlyFolder(folder: string): Promise<void> {
  makeFolders(folder);
  await chmod(folder, 0o700);
}
