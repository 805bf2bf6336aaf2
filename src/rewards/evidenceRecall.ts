import type { Triple } from "../domain/triple.ts";
import { meanOfScored } from "./rewardDefinition.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import { statements, tripleKey } from "./knowledgeGraph.ts";
import type { RetrievedPassage, ScoringSubject } from "./subject.ts";

/**
 * Quality of the retrieved evidence (docs/method.md#rewards): for each gold fact the highest weight of a retrieved passage that
 * states it, averaged; without gold facts, the mean of relevance × weight over the retrieved passages.
 */
export const evidenceRecall: RewardDefinition = {
  name: "evidenceRecall",
  range: [0, 1],
  needs: ["search"],
  nullMeans: "gold facts could not be looked for in the passages, or their relevance was not measured",
  score: (subject) => {
    const { goldFacts } = subject.question;
    return goldFacts === null || goldFacts.length === 0
      ? meanQuality(subject)
      : meanOfScored(goldFacts.map((fact) => bestSupport(fact, subject.passages)));
  },
};

/** Highest weight of a passage that states the fact, 0 when none does; null when passages could not be read. */
export function bestSupport(
  fact: Pick<Triple, "head" | "relation" | "tail">,
  passages: readonly RetrievedPassage[],
): number | null {
  const key = tripleKey(fact);
  const supports = passages.map((retrieved) => {
    if (retrieved.triples === null) return null;
    return statements(retrieved.triples).has(key) ? retrieved.weight : 0;
  });
  const read = supports.filter((support) => support !== null);
  return read.length === 0 && supports.length > 0 ? null : Math.max(0, ...read);
}

function meanQuality({ passages }: ScoringSubject): number | null {
  if (passages.length === 0) return 0;
  return meanOfScored(passages.map(({ relevance, weight }) => (relevance === null ? null : relevance * weight)));
}
