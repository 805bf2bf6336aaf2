import type { Part } from "../parts/part.ts";
import type { Algorithm } from "./algorithm.ts";
import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { byGroup, centred } from "./groups.ts";

/** GRPO done right (arXiv 2503.20783; docs/method.md#algorithms): neither a group's standard deviation nor a response's length weighs. */
export const drGrpo: Part<Algorithm, ClippedLossSettings> = {
  name: "dr-grpo",
  describe:
    "Advantages are deviations from the group mean; token losses are divided by a constant, the response limit (arXiv 2503.20783).",
  settings: ClippedLossSettings,
  create: (settings) => ({
    ...tokenMean(plannedClippedLoss(settings)),
    advantages: ({ samples }) =>
      byGroup(
        samples,
        samples.map(({ total }) => total),
        centred,
      ),
    lossDivisor: ({ sequences, maxResponseTokens }) => Math.max(1, sequences * maxResponseTokens),
  }),
};
