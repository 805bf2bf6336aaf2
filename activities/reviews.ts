import { join } from "node:path";
import type { ReadForm } from "../src/studies/review/readForms.ts";
import { formFile, hasReview, makeReview } from "../src/studies/review/makeReview.ts";
import { keepSentForm, readSentForms } from "../src/studies/review/sentForms.ts";
import { readReviewKey, writeReview } from "../src/studies/review/writeReview.ts";
import { readOpenedStudy, readResult, studyFolder } from "../src/studies/studyFolder.ts";
import { requireClaim } from "./claims.ts";
import { asInput, badInput } from "./failures.ts";
import type { Workspace } from "./workspace.ts";

/** A review that a study waits for. */
export interface ReviewStanding {
  /** The blinded form, for the raters. */
  readonly form: string;
  /** Raters whose filled forms are kept. */
  readonly raters: readonly string[];
}

export interface ReviewActivities {
  /** Makes a finished study's blinded form, unless it is there; tells which raters have sent theirs. */
  openReview(input: { readonly study: string }): Promise<ReviewStanding>;
  /** Keeps a rater's filled form. Bad input by line; nothing is kept then. */
  submitReview(input: { readonly study: string; readonly form: unknown }): Promise<ReviewStanding>;
  /** Joins the kept forms to the study, and writes its report anew. */
  closeReview(input: { readonly study: string }): Promise<void>;
}

export function createReviewActivities({ root }: Pick<Workspace, "root">): ReviewActivities {
  const opened = async (study: string) => {
    const found = await readOpenedStudy(studyFolder(root, study));
    if (found === null) throw badInput(`study: ${study} was not started here`);
    const result = await readResult(found.state);
    const folder = join(found.state, "review");
    return { state: found.state, result, folder, sent: join(folder, "forms") };
  };
  const standing = (folder: string, forms: readonly ReadForm[]): ReviewStanding => ({
    form: formFile(folder),
    raters: forms.map(({ rater }) => rater),
  });

  return {
    openReview: async ({ study }) =>
      asInput(async () => {
        const { result, folder, sent } = await opened(study);
        await requireClaim(studyFolder(root, study), `study: ${study}`);
        const declared = result.study.review;
        if (declared === null) throw badInput(`study: ${study} declares no review`);
        if (!hasReview(folder)) await makeReview({ folder, root, result }, declared);
        return standing(folder, await readSentForms(sent, await readReviewKey(folder, result)));
      }),
    submitReview: async ({ study, form }) =>
      asInput(async () => {
        const { result, folder, sent } = await opened(study);
        return standing(folder, await keepSentForm(sent, form, await readReviewKey(folder, result)));
      }),
    closeReview: async ({ study }) =>
      asInput(async () => {
        const { state, result, folder, sent } = await opened(study);
        await requireClaim(studyFolder(root, study), `study: ${study}`);
        const key = await readReviewKey(folder, result);
        await writeReview({ folder: state, root, result }, await readSentForms(sent, key), key);
      }),
  };
}
