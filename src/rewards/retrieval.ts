import { evidenceRecall } from "./evidenceRecall.ts";
import type { CompositeDefinition } from "./definition.ts";
import { usefulness } from "./usefulness.ts";

/** Weights of evidence recall (β) and usefulness (γ), METHOD §3. */
const weights = [1, 0.23] as const;

/** (β · evidence recall + γ · usefulness) ÷ (β + γ); a part that was not scored is left out with its weight. */
export const retrieval: CompositeDefinition = {
  name: "retrieval",
  range: [0, 1],
  needs: ["search"],
  nullMeans: "neither evidence recall nor usefulness was scored",
  parts: [evidenceRecall, usefulness],
  combine: (values) => {
    const scored = values.flatMap((value, index) => (value === null ? [] : [{ value, weight: weights[index] ?? 0 }]));
    const total = scored.reduce((sum, { weight }) => sum + weight, 0);
    return total === 0 ? null : scored.reduce((sum, { value, weight }) => sum + weight * value, 0) / total;
  },
};
