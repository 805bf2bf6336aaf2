import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeAtomically } from "../files/atomicWrite.ts";
import { print } from "../output/terminal.ts";
import { joinReviews } from "../studies/review/joinReviews.ts";
import { readForms, ReviewError } from "../studies/review/readForms.ts";
import { ReviewKey } from "../studies/review/reviewFiles.ts";
import { readKept } from "../studies/readKept.ts";
import { reviewLines } from "../studies/review/reviewLines.ts";
import { reviewFile, writeStudyOutputs } from "../studies/outputs.ts";
import { badInput } from "./cliError.ts";
import { readStudyResult } from "./readStudyResult.ts";
import type { ReviewOptions } from "./reviewOptions.ts";

/** Reads filled forms, all or none, and joins them to the study: review.json in its folder, and its report anew. */
export async function importReview({ study, folder, files, root }: ReviewOptions): Promise<number> {
  const result = await readStudyResult(study);
  const key = await readKept(join(folder, "key.json"), ReviewKey, "key of a review");
  if (key.studyHash !== result.studyHash)
    throw badInput(
      `${join(folder, "key.json")} is of another study than ${study}: the hashes of their declarations differ`,
    );
  const texts = await Promise.all(files.map(async (file) => ({ name: basename(file), text: await readText(file) })));
  const review = joinReviews(formsOf(texts, key), key, result.study.confidence);
  await writeAtomically(join(study, reviewFile), `${JSON.stringify(review, null, 2)}\n`);
  await writeStudyOutputs({ folder: study, root, result });
  for (const line of reviewLines(review)) print(line);
  return 0;
}

function formsOf(texts: Parameters<typeof readForms>[0], key: ReviewKey): ReturnType<typeof readForms> {
  try {
    return readForms(texts, key);
  } catch (error) {
    throw error instanceof ReviewError ? badInput(error.message) : error;
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => {
    throw badInput(`${file} cannot be read`);
  });
}
