import { existsSync } from "node:fs";
import { join } from "node:path";
import { readResult, resultFile } from "../studies/studyFolder.ts";
import type { StudyResult } from "../studies/studyResult.ts";
import { badInput } from "./cliError.ts";

/** The result that a study's folder keeps; refuses a folder without one. */
export async function readStudyResult(folder: string): Promise<StudyResult> {
  const file = join(folder, resultFile);
  if (!existsSync(file)) throw badInput(`there is no ${file}; --study names the folder that npm run study wrote`);
  return readResult(folder);
}
