import { z } from "zod";

/** Value of one named reward or penalty; null = could not be scored, which is counted and left out of means. */
export const RewardValues = z.record(z.string(), z.number().nullable());
export type RewardValues = z.infer<typeof RewardValues>;

/** Everything scored about one trajectory. */
export const Score = z.object({
  /** Always finite. A component that failed counts as its lowest value here, and the total is not to be compared with others. */
  total: z.number(),
  /** Judged fully right (answer reward 1.0); null where a judge was needed and failed. */
  correct: z.boolean().nullable(),
  values: RewardValues,
  /** Components of the total that a judge, extractor or measurement failed on; absent where none did. */
  failed: z.array(z.string()).optional(),
  /** Custom rewards whose value lay outside their range and was brought back to its end; absent where none did. */
  clamped: z.array(z.string()).optional(),
});
export type Score = z.infer<typeof Score>;
