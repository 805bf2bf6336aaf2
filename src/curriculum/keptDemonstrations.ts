import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Demonstration } from "../demonstrations/demonstration.ts";
import type { GatheredDemonstrations } from "../demonstrations/gatherDemonstrations.ts";
import { writeAtomically, writePiecesAtomically } from "../files/atomicWrite.ts";

/** One a line. It is written last: where it is, the notes are too. */
const demonstrationsFile = "demonstrations.jsonl";
const notesFile = "demonstrations-notes.json";

/** What is known of a run's demonstrations beside themselves: how many came from where, what was rejected and why. */
export type DemonstrationNotes = Omit<GatheredDemonstrations, "demonstrations">;

/** Keeps a run's demonstrations in its folder, so that every attempt and every process learns from the same ones. */
export async function keepDemonstrations(runFolder: string, gathered: GatheredDemonstrations): Promise<void> {
  const { demonstrations, ...notes } = gathered;
  await writeAtomically(join(runFolder, notesFile), `${JSON.stringify(notes, null, 2)}\n`, { flush: true });
  await writePiecesAtomically(
    join(runFolder, demonstrationsFile),
    demonstrations.map((one) => `${JSON.stringify(one)}\n`),
  );
}

/** The demonstrations that a run keeps; null where it keeps none yet. */
export async function readKeptDemonstrations(runFolder: string): Promise<readonly Demonstration[] | null> {
  const text = await readIfThere(join(runFolder, demonstrationsFile));
  return (
    text
      ?.split("\n")
      .filter((line) => line !== "")
      .map((line) => Demonstration.parse(JSON.parse(line))) ?? null
  );
}

/** Null where a run has gathered none. */
export async function readDemonstrationNotes(runFolder: string): Promise<DemonstrationNotes | null> {
  const text = await readIfThere(join(runFolder, notesFile));
  return text === null ? null : (JSON.parse(text) as DemonstrationNotes);
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
}
