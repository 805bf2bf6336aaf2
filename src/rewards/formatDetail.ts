import type { PenaltyDefinition } from "./rewardDefinition.ts";

/** Penalty: 1 − format score, docs/method.md#rewards. */
export const formatDetail: PenaltyDefinition = {
  name: "penalty/format",
  range: [0, 1],
  setting: "format",
  needs: [],
  nullMeans: "never",
  score: ({ response }) => 1 - response.formatScore,
};
