import { bestAlignment } from "./reasoning.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";

/** Cosine of the embeddings of thinking and reference reasoning, negative counted as 0 (docs/method.md#rewards). */
export const semantic: RewardDefinition = {
  name: "semantic",
  range: [0, 1],
  needs: ["reference", "embedding"],
  nullMeans: "the question has no reference, or the embedder failed",
  score: (subject) => bestAlignment(subject)?.semantic ?? null,
};
