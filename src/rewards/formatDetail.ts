import type { RewardDefinition } from "./definition.ts";

/** Penalty 0.1 × (1 − format score), METHOD §3. */
export const formatDetail: RewardDefinition = {
  name: "penalty/format",
  range: [0, 0.1],
  needs: [],
  nullMeans: "never",
  score: ({ response }) => 0.1 * (1 - response.formatScore),
};
