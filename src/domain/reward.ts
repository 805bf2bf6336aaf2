import { z } from "zod";

/** Value of one named reward or penalty; null = could not be scored, which is counted and left out of means. */
export const RewardValues = z.record(z.string(), z.number().nullable());
export type RewardValues = z.infer<typeof RewardValues>;

/** Everything scored about one trajectory. `total` is always finite. */
export const Score = z.object({
  total: z.number(),
  /** Judged fully right (answer reward 1.0). */
  correct: z.boolean(),
  values: RewardValues,
});
export type Score = z.infer<typeof Score>;
