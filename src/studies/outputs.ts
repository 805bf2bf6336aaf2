import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../files/atomicWrite.ts";
import { findExamples } from "./findExamples.ts";
import { writeStudyTables } from "./parquetTables.ts";
import { renderStudyPage } from "./report/page.ts";
import { ReviewResult } from "./review/reviewResult.ts";
import type { StudyResult } from "./studyResult.ts";
import type { StudySummary } from "./summaryTypes.ts";
import { summarise } from "./summary.ts";

/** Where a study's files go, and where its runs lie if they were run here. */
export interface StudyOutputs {
  readonly folder: string;
  readonly root: string;
  readonly result: StudyResult;
}

/** Figures of the study, which `npm run study -- --check` computes again. */
export const summaryFile = "summary.json";
export const reportFile = "report.html";
/** What experts said, where they were asked (npm run review). */
export const reviewFile = "review.json";

/** Writes what follows from a study's result beside it: its figures, its report, and tables of every number. */
export async function writeStudyOutputs({ folder, root, result }: StudyOutputs): Promise<void> {
  const summary = await summarise(result);
  await writeAtomically(join(folder, summaryFile), `${JSON.stringify(summary, null, 2)}\n`);
  await writeStudyTables(folder, result.cells);
  const examples = await findExamples(root, result);
  await writeAtomically(
    join(folder, reportFile),
    renderStudyPage({ result, summary, examples, review: await readReview(folder, result.studyHash) }),
  );
}

/** The figures that were written beside a study's result. */
export async function readSummary(folder: string): Promise<StudySummary> {
  return JSON.parse(await readFile(join(folder, summaryFile), "utf8")) as StudySummary;
}

/** A review of another declaration of the study is not shown. */
async function readReview(folder: string, studyHash: string): Promise<ReviewResult | null> {
  const file = join(folder, reviewFile);
  if (!existsSync(file)) return null;
  const review = ReviewResult.parse(JSON.parse(await readFile(file, "utf8")));
  return review.studyHash === studyHash ? review : null;
}
