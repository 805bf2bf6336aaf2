import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../files/atomicWrite.ts";

const noteFile = "model-note.txt";

/** Keeps in a run's folder what a report must say of the model that the run began with. */
export async function keepModelNote(runFolder: string, note: string): Promise<void> {
  await writeAtomically(join(runFolder, noteFile), `${note}\n`);
}

/** The note of a run's model; null where there is nothing to say about it. */
export async function readModelNote(runFolder: string): Promise<string | null> {
  return (await readFile(join(runFolder, noteFile), "utf8").catch(() => null))?.trim() ?? null;
}
