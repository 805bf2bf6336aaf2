import { join } from "node:path";
import { ConfigurationError } from "../../configuration/configurationError.ts";
import { writeAtomically } from "../../files/atomicWrite.ts";
import { reviewFile, writeStudyOutputs } from "../outputs.ts";
import { readKept } from "../readKept.ts";
import type { StudyResult } from "../studyResult.ts";
import { joinReviews } from "./joinReviews.ts";
import { keyFile } from "./makeReview.ts";
import type { ReadForm } from "./readForms.ts";
import { ReviewKey } from "./reviewFiles.ts";
import type { ReviewResult } from "./reviewResult.ts";

/** The key in a review's folder. Throws ConfigurationError where there is none, or it is of another study than `result`. */
export async function readReviewKey(folder: string, { name, studyHash }: StudyResult): Promise<ReviewKey> {
  const key = await readKept(keyFile(folder), ReviewKey, "key of a review");
  if (key.studyHash !== studyHash)
    throw new ConfigurationError(
      `${keyFile(folder)} is of another study than ${name}: the hashes of their declarations differ`,
    );
  return key;
}

/** Joins filled forms to their study: review.json in its folder, and its report anew. */
export async function writeReview(
  { folder, root, result }: Parameters<typeof writeStudyOutputs>[0],
  forms: readonly ReadForm[],
  key: ReviewKey,
): Promise<ReviewResult> {
  const review = joinReviews(forms, key, result.study.confidence);
  await writeAtomically(join(folder, reviewFile), `${JSON.stringify(review, null, 2)}\n`);
  await writeStudyOutputs({ folder, root, result });
  return review;
}
