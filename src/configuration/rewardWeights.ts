import { z } from "zod";
import { largestWeight } from "./bounds.ts";

/** Weights of the parts of a stage's total (METHOD §3, second table). */
export const RewardWeights = z.strictObject({
  answer: z
    .number()
    .min(0)
    .max(...largestWeight),
  reasoning: z
    .number()
    .min(0)
    .max(...largestWeight),
  retrieval: z
    .number()
    .min(0)
    .max(...largestWeight),
  clinical: z
    .number()
    .min(0)
    .max(...largestWeight),
});
export type RewardWeights = z.infer<typeof RewardWeights>;
