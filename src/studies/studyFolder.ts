import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../files/atomicWrite.ts";
import { makeFolders } from "../files/makeFolders.ts";
import { BudgetApproval } from "../trajectories/records.ts";
import { readKept } from "./readKept.ts";
import { StudyResult } from "./studyResult.ts";

/** What a study under way goes by: its declaration as it was when it was started, where finished runs are kept, limits that persons approved. */
export const OpenedStudy = z.strictObject({
  text: z.string(),
  state: z.string(),
  approvals: z.array(BudgetApproval),
});
export type OpenedStudy = z.infer<typeof OpenedStudy>;

/** The result file of a state folder. */
export const resultFile = "study.json";

/** A study's own folder below a storage root. */
export function studyFolder(root: string, name: string): string {
  return join(root, ".studies", name);
}

/** Null where no study of this name was started here. */
export async function readOpenedStudy(folder: string): Promise<OpenedStudy | null> {
  try {
    return OpenedStudy.parse(JSON.parse(await readFile(openedFile(folder), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export async function writeOpenedStudy(folder: string, opened: OpenedStudy): Promise<void> {
  makeFolders(folder);
  await writeAtomically(openedFile(folder), JSON.stringify(opened), { flush: true });
}

function openedFile(folder: string): string {
  return join(folder, "opened.json");
}

export async function writeResult(state: string, result: StudyResult): Promise<void> {
  makeFolders(state);
  await writeAtomically(join(state, resultFile), `${JSON.stringify(result)}\n`, { flush: true });
}

/** The result in a state folder. Throws ConfigurationError where there is none, or it is none of this version. */
export async function readResult(state: string): Promise<StudyResult> {
  return readKept(join(state, resultFile), StudyResult, "result of a study");
}
