import type { Part } from "../parts/part.ts";
import type { Algorithm, ScoredSample } from "./algorithm.ts";
import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { byGroup, standardised } from "./groups.ts";

/** Group-relative policy optimisation (arXiv 2402.03300; docs/method.md#optimisation). */
export const grpo: Part<Algorithm, ClippedLossSettings> = {
  name: "grpo",
  describe:
    "Group-relative advantages, clip-higher and dual clip, mean over the minibatch's tokens (arXiv 2402.03300).",
  settings: ClippedLossSettings,
  create: (settings) => ({
    ...tokenMean(plannedClippedLoss(settings)),
    advantages: ({ samples }) => groupRelative(samples),
  }),
};

/** (r − μ) ÷ (σ + 1e-6) within each group. */
export function groupRelative(samples: readonly ScoredSample[]): number[] {
  return byGroup(
    samples,
    samples.map(({ total }) => total),
    standardised,
  );
}
