import { hashOf } from "../../trajectories/canonical.ts";
import { renderReviewForm, type FormRow } from "./reviewForm.ts";
import type { ReviewKey } from "./reviewFiles.ts";
import type { Candidate } from "./sampleTrajectories.ts";

/** A form and what stands behind its ids, which are places in the shuffled sample. */
export function buildReview(
  chosen: readonly Candidate[],
  studyHash: string,
): { readonly key: ReviewKey; readonly form: string } {
  const rows: FormRow[] = chosen.map(({ answer: { question, rightAnswer, text } }, index) => ({
    id: idOf(index),
    question,
    rightAnswer,
    text,
  }));
  const form = hashOf(rows);
  return {
    form: renderReviewForm(rows, form),
    key: {
      format: "med-r3-review-key-1",
      studyHash,
      form,
      rows: chosen.map(({ cell: { arm, regime, world, seed, run }, answer }, index) => ({
        id: idOf(index),
        arm,
        regime,
        world,
        seed,
        run,
        questionId: answer.questionId,
        graded: answer.correct,
      })),
    },
  };
}

function idOf(index: number): string {
  return `t${String(index + 1).padStart(2, "0")}`;
}
