import { buildReview } from "../../src/studies/review/buildReview.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

/** A study of two arms on two worlds, with one trajectory of each run in its review. No one ever read them. */
export const reviewedStudy = madeUpStudy({
  arms: ["joint", "staged"],
  regimes: ["plain"],
  worlds: [100, 101],
  comparisons: [{ a: "staged", b: "joint" }],
  right: () => [5],
});
const answer = { questionId: "q", question: "?", rightAnswer: "rest", text: "made up", correct: true };
export const { key: reviewKey } = buildReview(
  reviewedStudy.cells.map((cell) => ({ cell, answer })),
  reviewedStudy.studyHash,
);
export const reviewIds = reviewKey.rows.map(({ id }) => id);

const rating = { correct: "yes", supported: "yes", safe: "yes", harmfulOmission: "no", comment: "made up" };

/** A form that nobody filled: the same ratings of these trajectories. */
export function madeUpForm(rater: string, ids: readonly string[] = reviewIds) {
  return { format: "med-r3-review-1", form: reviewKey.form, rater, ratings: ids.map((id) => ({ id, ...rating })) };
}
