import { evidenceRecall } from "./evidenceRecall.ts";
import type { RewardDefinition } from "./definition.ts";
import { usefulness } from "./usefulness.ts";

/** Weights of evidence recall (β) and usefulness (γ), METHOD §3. */
const beta = 1;
const gamma = 0.23;

/** (β · evidence recall + γ · usefulness) ÷ (β + γ); a part that was not scored is left out with its weight. */
export const retrieval: RewardDefinition = {
  name: "retrieval",
  range: [0, 1],
  needs: ["search"],
  nullMeans: "neither evidence recall nor usefulness was scored",
  score: (subject) => {
    const parts = [
      { weight: beta, value: evidenceRecall.score(subject) },
      { weight: gamma, value: usefulness.score(subject) },
    ].flatMap(({ weight, value }) => (value === null ? [] : [{ weight, value }]));
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return total === 0 ? null : parts.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
  },
};
