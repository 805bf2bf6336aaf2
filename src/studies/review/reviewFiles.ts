import { z } from "zod";
import { CellAddress } from "../studyResult.ts";
import { cannotTell, reviewItems } from "./scale.ts";

const Hash = z.string().regex(/^[0-9a-f]{64}$/u, "expected a SHA-256 in hexadecimal");
/** Says nothing of the arm: places in a shuffled list. */
const FormId = z.string().regex(/^t[0-9]{1,5}$/u, "expected an id of the form, as t01");

const answer = (index: number): z.ZodType<string> =>
  z.enum([...(reviewItems[index]?.categories ?? []).map(({ name }) => name), cannotTell]);

/** What a rater said of one trajectory. */
export const RatingRow = z.strictObject({
  id: FormId,
  correct: answer(0),
  supported: answer(1),
  safe: answer(2),
  harmfulOmission: answer(3),
  comment: z.string().max(10_000),
});
export type RatingRow = z.infer<typeof RatingRow>;

/** A filled form, as the form saves it. Its rows are checked one by one, so that each fault is told by its line. */
export const FilledForm = z.strictObject({
  format: z.literal("med-r3-review-1"),
  /** Of the form that was filled. */
  form: Hash,
  rater: z.string().trim().min(1, "expected the rater's name").max(100),
  ratings: z.array(z.unknown()),
});

/** What stands behind an id: never sent to a rater. */
export const KeyRow = CellAddress.extend({
  id: FormId,
  run: z.string(),
  questionId: z.string(),
  /** What the task's own grader said. */
  graded: z.boolean(),
}).strict();
export type KeyRow = z.infer<typeof KeyRow>;

/** `key.json`, which tells the arm of each id. */
export const ReviewKey = z.strictObject({
  format: z.literal("med-r3-review-key-1"),
  studyHash: Hash,
  /** SHA-256 of what the form shows. */
  form: Hash,
  rows: z.array(KeyRow).min(1),
});
export type ReviewKey = z.infer<typeof ReviewKey>;
