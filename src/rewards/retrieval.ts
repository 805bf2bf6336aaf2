import { evidenceRecall } from "./evidenceRecall.ts";
import type { CompositeDefinition } from "./rewardDefinition.ts";
import { usefulness } from "./usefulness.ts";

/** (β · evidence recall + γ · usefulness) ÷ (β + γ), docs/method.md#rewards; a component that was not scored is left out with its weight. */
export const retrieval: CompositeDefinition = {
  name: "retrieval",
  range: [0, 1],
  needs: ["search"],
  nullMeans: "neither evidence recall nor usefulness was scored",
  components: [evidenceRecall, usefulness],
  weights: ({ retrieval: { evidenceRecall: beta, usefulness: gamma } }) => [beta, gamma],
};
