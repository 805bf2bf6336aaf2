import { z } from "zod";
import { rewardNames, type RewardName } from "../domain/rewardNames.ts";
import { namingKnown } from "../domain/wrongFields.ts";
import { largestWeight } from "./bounds.ts";

const weight = z
  .number()
  .min(0)
  .max(...largestWeight)
  .optional();

/** An unknown name may be that of an extension's reward: says where those are weighed. */
const namingCustom: z.core.$ZodErrorMap = (issue) => {
  const message = namingKnown(issue);
  return issue.code === "unrecognized_keys" && typeof message === "string"
    ? `${message} (custom rewards are weighed by rewards.custom[].weight, in every stage)`
    : message;
};

/** Weight of each reward in a stage's total (docs/method.md#totals); a reward that is left out has weight 0. */
export const RewardWeights = z.strictObject(
  Object.fromEntries(rewardNames.map((name) => [name, weight])) as Record<RewardName, typeof weight>,
  { error: namingCustom },
);
export type RewardWeights = z.infer<typeof RewardWeights>;

/** Whether a total with these weights is 0 whatever is answered. */
export function weighNothing(weights: RewardWeights): boolean {
  return Object.values(weights).every((value) => (value ?? 0) === 0);
}
