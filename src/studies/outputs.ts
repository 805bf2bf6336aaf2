import { join } from "node:path";
import { writeAtomically } from "../files/atomicWrite.ts";
import type { StudyResult } from "./studyResult.ts";
import { summarise } from "./summary.ts";

/** Where a study's files go, and where its runs lie if they were run here. */
export interface StudyOutputs {
  readonly folder: string;
  readonly root: string;
  readonly result: StudyResult;
}

/** Figures of the study, which `npm run study -- --check` computes again. */
export const summaryFile = "summary.json";

/** Writes what follows from a study's result beside it. */
export async function writeStudyOutputs({ folder, result }: StudyOutputs): Promise<void> {
  await writeAtomically(join(folder, summaryFile), `${JSON.stringify(summarise(result), null, 2)}\n`);
}
