import { z } from "zod";
import { most } from "../configuration/bounds.ts";
import type { Part } from "../parts/part.ts";
import type { Algorithm, ScoredBatch } from "./algorithm.ts";
import { clippedLoss, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { groupRelative } from "./grpo.ts";
import { groupsOf, hasZeroVariance } from "./groups.ts";

const Settings = z.strictObject({
  ...clippedLoss,
  /** Times that zero-variance groups are replaced by further questions before the update takes what there is. */
  maximumRounds: z
    .number()
    .int()
    .min(0)
    .max(...most(100, "each round rolls out once more"))
    .default(3),
});

/** Dynamic sampling (arXiv 2503.14476; docs/method.md#algorithms): groups whose rewards are all equal are replaced by further questions, up to a bound. */
export const dapo: Part<Algorithm, z.infer<typeof Settings>> = {
  name: "dapo",
  describe:
    "GRPO with dynamic sampling: zero-variance groups are replaced by further questions, up to a bound (arXiv 2503.14476).",
  settings: Settings,
  create: ({ maximumRounds, ...loss }) => ({
    ...tokenMean(plannedClippedLoss(loss)),
    advantages: (batch) => {
      const kept = new Set(teachingGroups(batch).slice(0, batch.questions).flat());
      return groupRelative(batch.samples).map((advantage, index) => (kept.has(index) ? advantage : null));
    },
    questionsWanted: (batch, rounds) =>
      rounds < maximumRounds ? Math.max(0, batch.questions - teachingGroups(batch).length) : 0,
    metrics: (batch) => ({
      "dapo/groups_asked": groupsOf(batch.samples).length,
      "dapo/groups_kept": Math.min(batch.questions, teachingGroups(batch).length),
    }),
  }),
};

/** Groups that are not all equal, in the order of their rows. */
function teachingGroups({ samples }: ScoredBatch): number[][] {
  return groupsOf(samples).filter((group) => !hasZeroVariance(group.map((index) => samples[index]?.total ?? 0)));
}
