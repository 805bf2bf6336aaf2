import { basename } from "node:path";
import { readGivenText } from "../studies/givenText.ts";
import { print } from "../output/terminal.ts";
import { readForms } from "../studies/review/readForms.ts";
import { reviewLines } from "../studies/review/reviewLines.ts";
import { readReviewKey, writeReview } from "../studies/review/writeReview.ts";
import { readStudyResult } from "./readStudyResult.ts";
import type { ReviewOptions } from "./reviewOptions.ts";

/** Reads filled forms, all or none, and joins them to the study. */
export async function importReview({ study, folder, files, root }: ReviewOptions): Promise<number> {
  const result = await readStudyResult(study);
  const key = await readReviewKey(folder, result);
  const texts = await Promise.all(
    files.map(async (file) => ({ name: basename(file), text: await readGivenText(file) })),
  );
  const review = await writeReview({ folder: study, root, result }, readForms(texts, key), key);
  for (const line of reviewLines(review)) print(line);
  return 0;
}
