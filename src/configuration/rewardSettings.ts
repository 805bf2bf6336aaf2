import { z } from "zod";
import { namedOnce } from "../domain/namedOnce.ts";
import { customRewards } from "../rewards/customRegistry.ts";
import { largestWeight } from "./bounds.ts";

const weight = z
  .number()
  .min(0)
  .max(...largestWeight);

const CustomRewardSetting = z
  .preprocess(
    (given) => (typeof given === "string" ? { name: given } : given),
    z.strictObject({
      /** Name of a reward that an extension adds. */
      name: z.string(),
      settings: z.record(z.string(), z.unknown()).default({}),
      /** Weight in every stage's total; null is the reward's own. */
      weight: weight.nullable().default(null),
    }),
  )
  .transform((setting, context) => {
    const checked = customRewards.check(setting.name, setting.settings);
    if (checked.success) return { ...setting, settings: checked.settings };
    for (const issue of checked.issues) context.addIssue({ code: "custom", ...issue, path: [...issue.path] });
    return z.NEVER;
  });
export type CustomRewardSetting = z.infer<typeof CustomRewardSetting>;

/** How rewards are put together and how large penalties get (docs/method.md#rewards); what a stage weighs stands in `stages.NAME.rewards`. */
export const RewardSettings = z.strictObject({
  /** Weights within the mean of each reward that is put together from others; parts that were not scored are left out. */
  reasoning: z.strictObject({ logical: weight, statistical: weight, semantic: weight }),
  /** β and γ. Without a weight usefulness is not measured. */
  retrieval: z.strictObject({ evidenceRecall: weight, usefulness: weight }),
  clinical: z.strictObject({ clinicalConsistency: weight, evidentialSupport: weight, diagnosticPlausibility: weight }),
  /** The largest size of each penalty; 0 turns it off. */
  penalties: z.strictObject({ format: weight, thinkingLength: weight, language: weight, overlong: weight }),
  /** Last part of the longest response in which the overlong penalty grows, as a share of it. */
  overlongBuffer: z.number().gt(0).max(1),
  /** Total of a response that fails the format gate, before penalties. */
  invalidFormatTotal: z
    .number()
    .min(-1000)
    .max(...largestWeight),
  /** Total of a malformed search. */
  malformedCallTotal: z
    .number()
    .min(-1000)
    .max(...largestWeight),
  /** Rewards of extensions: a name alone, or `{name, settings, weight}`. */
  custom: z.array(CustomRewardSetting).superRefine(namedOnce((name) => `"${name}" is named twice`)),
});
export type RewardSettings = z.infer<typeof RewardSettings>;

/** docs/method.md#rewards. */
export const defaultRewardSettings: RewardSettings = {
  reasoning: { logical: 1, statistical: 1, semantic: 1 },
  retrieval: { evidenceRecall: 1, usefulness: 0.23 },
  clinical: { clinicalConsistency: 1, evidentialSupport: 1, diagnosticPlausibility: 1 },
  penalties: { format: 0.1, thinkingLength: 0.1, language: 0.1, overlong: 1 },
  // 3,072 of 14,336 tokens.
  overlongBuffer: 3072 / 14336,
  invalidFormatTotal: 0.1,
  malformedCallTotal: -0.1,
  custom: [],
};
