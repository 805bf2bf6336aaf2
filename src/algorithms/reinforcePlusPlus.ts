import { deviationOf } from "../domain/mean.ts";
import type { Part } from "../parts/part.ts";
import type { Algorithm } from "./algorithm.ts";
import { ClippedLossSettings, plannedClippedLoss, tokenMean } from "./clippedLoss.ts";
import { byGroup, centred } from "./groups.ts";

const epsilon = 1e-6;

/** REINFORCE++ with group baseline (arXiv 2501.03262; docs/method.md#algorithms): one scale for the whole batch, not one a group. */
export const reinforcePlusPlus: Part<Algorithm, ClippedLossSettings> = {
  name: "reinforce-plus-plus",
  describe: "Deviations from the group mean, divided by the standard deviation of the whole batch (arXiv 2501.03262).",
  settings: ClippedLossSettings,
  create: (settings) => ({
    ...tokenMean(plannedClippedLoss(settings)),
    advantages: ({ samples }) => {
      const deviations = byGroup(
        samples,
        samples.map(({ total }) => total),
        centred,
      );
      const scale = deviationOf(deviations) + epsilon;
      return deviations.map((value) => value / scale);
    },
  }),
};
