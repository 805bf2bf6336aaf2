import { z } from "zod";
import type { Part } from "../parts/part.ts";
import type { Algorithm } from "./algorithm.ts";
import { tokenMean } from "./clippedLoss.ts";

const Settings = z.strictObject({});

/**
 * Supervised cross-entropy on the policy's own right responses (rejection sampling; docs/method.md#supervised-fine-tuning): documents are masked as in every loss.
 * Its tokens need no ratio, so guards of entropy and of sampled against recomputed log-probabilities say nothing of it.
 */
export const sft: Part<Algorithm, z.infer<typeof Settings>> = {
  name: "sft",
  describe: "Cross-entropy on the policy's own right responses, mean over their tokens (rejection sampling).",
  settings: Settings,
  create: () => ({
    ...tokenMean({ kind: "cross-entropy" }),
    advantages: ({ samples }) => samples.map(({ correct }) => (correct ? 1 : null)),
    guards: ["not-finite", "gradient-explosion", "format-collapse"],
    metrics: ({ samples }) => ({ "sft/responses": samples.filter(({ correct }) => correct).length }),
  }),
};
