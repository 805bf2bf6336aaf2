import { bestAlignment } from "./reasoning.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";

/** Jaccard index of the entity sets, thinking against reference (docs/method.md#rewards). */
export const statistical: RewardDefinition = {
  name: "statistical",
  range: [0, 1],
  needs: ["reference", "knowledge-graph"],
  nullMeans: "the reference has no graph, or no graph could be read from the thinking",
  score: (subject) => bestAlignment(subject)?.statistical ?? null,
};
