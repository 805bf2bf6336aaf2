import { z } from "zod";
import { largestWeight, most } from "../configuration/bounds.ts";
import { guardNames } from "../domain/guard.ts";
import type { PlannedLoss } from "../domain/step.ts";
import type { Algorithm } from "./algorithm.ts";

const clip = z.number().positive();

/** Terms that any policy gradient may have beside its own. */
export const regularisation = {
  /** Weight of the KL divergence from the stage's starting policy (k3 estimate, mean over tokens); 0 leaves the term out. */
  klCoefficient: z
    .number()
    .min(0)
    .max(...largestWeight)
    .default(0),
  /** Weight of the entropy bonus (nats, mean over tokens); 0 leaves the term out. */
  entropyCoefficient: z
    .number()
    .min(0)
    .max(...largestWeight)
    .default(0),
};

/** Settings of the loss that is clipped token by token (docs/method.md#optimisation): clip-higher and dual clip. */
export const clippedLoss = {
  clipLow: clip.max(1).default(0.2),
  clipHigh: clip.max(...most(1e6, "this clips nothing any more")).default(0.28),
  /** c: for negative advantages a token's loss is bounded by −c · advantage (arXiv 1912.09729). */
  dualClip: z
    .number()
    .min(1)
    .max(...most(1e6, "this clips nothing any more"))
    .default(3),
  ...regularisation,
};

export const ClippedLossSettings = z.strictObject(clippedLoss);
export type ClippedLossSettings = z.infer<typeof ClippedLossSettings>;

interface Terms {
  readonly klCoefficient: number;
  readonly entropyCoefficient: number;
}

/** The terms as a plan has them: those of weight 0 are left out. */
export function plannedTerms({ klCoefficient, entropyCoefficient }: Terms): {
  klCoefficient?: number;
  entropyCoefficient?: number;
} {
  return { ...(klCoefficient > 0 && { klCoefficient }), ...(entropyCoefficient > 0 && { entropyCoefficient }) };
}

/** The loss of these settings as a plan holds it. */
export function plannedClippedLoss({ clipLow, clipHigh, dualClip, ...terms }: ClippedLossSettings): PlannedLoss {
  return { kind: "policy-gradient", clipLow, clipHigh, dualClip, ...plannedTerms(terms) };
}

/**
 * The parts that most algorithms share: a loss's mean over the minibatch's tokens, no further questions, every guard.
 */
export function tokenMean(loss: PlannedLoss): Omit<Algorithm, "advantages"> {
  return {
    loss,
    lossDivisor: ({ policyTokens }) => Math.max(1, policyTokens),
    questionsWanted: () => 0,
    guards: guardNames,
    metrics: () => ({}),
  };
}
