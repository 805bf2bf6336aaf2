import { z } from "zod";
import { rewardNames, type RewardName } from "../domain/rewardNames.ts";
import { largestWeight } from "./bounds.ts";

const weight = z
  .number()
  .min(0)
  .max(...largestWeight)
  .optional();

/** Weight of each reward in a stage's total (docs/method.md#totals); a reward that is left out has weight 0. */
export const RewardWeights = z.strictObject(
  Object.fromEntries(rewardNames.map((name) => [name, weight])) as Record<RewardName, typeof weight>,
);
export type RewardWeights = z.infer<typeof RewardWeights>;

/** Whether a total with these weights is 0 whatever is answered. */
export function weighNothing(weights: RewardWeights): boolean {
  return Object.values(weights).every((value) => (value ?? 0) === 0);
}
