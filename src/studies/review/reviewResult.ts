import { z } from "zod";
import { KeyRow, RatingRow } from "./reviewFiles.ts";

const Agreement = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  units: z.number().int(),
  undefinedResamples: z.number().int(),
});

/** How far raters agree on one item. */
export const ItemAgreement = z.strictObject({
  item: z.string(),
  alpha: Agreement,
  /** Agreement of two raters; null for another number. */
  kappa: Agreement.nullable(),
  /** Ratings that could not tell; in neither of the two. */
  cannotTell: z.number().int(),
});
export type ItemAgreement = z.infer<typeof ItemAgreement>;

/** How often raters chose a category for an arm's trajectories. */
export const ArmRatings = z.strictObject({
  arm: z.string(),
  item: z.string(),
  trajectories: z.number().int(),
  ratings: z.number().int(),
  /** Counts by category, "cannot-tell" among them. */
  counts: z.record(z.string(), z.number().int()),
});
export type ArmRatings = z.infer<typeof ArmRatings>;

/** `review.json`: what experts said, joined to the runs. */
export const ReviewResult = z.strictObject({
  format: z.literal("med-r3-review-result-1"),
  studyHash: z.string(),
  form: z.string(),
  confidence: z.number(),
  raters: z.array(z.string()),
  agreement: z.array(ItemAgreement),
  arms: z.array(ArmRatings),
  /** Ratings of "correct" that say yes where the task's grader said right, or no where it said wrong; partly and cannot-tell left out. */
  grader: z.strictObject({ agreed: z.number().int(), compared: z.number().int() }),
  rows: z.array(KeyRow.extend({ ratings: z.array(RatingRow.omit({ id: true }).extend({ rater: z.string() })) })),
});
export type ReviewResult = z.infer<typeof ReviewResult>;
