import { z } from "zod";
import { most } from "../configuration/bounds.ts";
import type { Part } from "../parts/part.ts";
import type { Algorithm } from "./algorithm.ts";
import { plannedTerms, regularisation, tokenMean } from "./clippedLoss.ts";
import { groupRelative } from "./grpo.ts";

const Settings = z.strictObject({
  /** Bounds of a sequence's ratio: the geometric mean over its tokens, which varies far less than a token's ratio. */
  clipLow: z.number().positive().max(1).default(3e-4),
  clipHigh: z
    .number()
    .positive()
    .max(...most(1e6, "this clips nothing any more"))
    .default(4e-4),
  ...regularisation,
});

/** Group sequence policy optimisation (arXiv 2507.18071; docs/method.md#algorithms). */
export const gspo: Part<Algorithm, z.infer<typeof Settings>> = {
  name: "gspo",
  describe: "GRPO's advantages with one clipped ratio a sequence, mean over sequences (arXiv 2507.18071).",
  settings: Settings,
  create: ({ clipLow, clipHigh, ...terms }) => ({
    ...tokenMean({ kind: "sequence-policy-gradient", clipLow, clipHigh, ...plannedTerms(terms) }),
    advantages: ({ samples }) => groupRelative(samples),
    lossDivisor: ({ sequences }) => Math.max(1, sequences),
  }),
};
