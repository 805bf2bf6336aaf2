import type { Triple } from "../domain/triple.ts";
import { entityWording } from "./entityWording.ts";
import { answerNames } from "./answerNames.ts";
import { meanOfScored } from "./rewardDefinition.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import { bestSupport } from "./evidenceRecall.ts";
import type { ScoringSubject } from "./subject.ts";

/**
 * Mean over the conclusion's triples (those that mention the answer) of the highest weight of a retrieved passage
 * that states them; a conclusion that the thinking states nothing about has no support (docs/method.md#rewards).
 */
export const evidentialSupport: RewardDefinition = {
  name: "evidentialSupport",
  range: [0, 1],
  needs: ["knowledge-graph", "search"],
  nullMeans: "no triples could be read from the thinking or from the passages",
  score: (subject) => {
    const triples = conclusionTriples(subject);
    if (triples === null) return null;
    return triples.length === 0 ? 0 : meanOfScored(triples.map((triple) => bestSupport(triple, subject.passages)));
  },
};

/** What the thinking states about the answer; null when no triples could be read from it. */
export function conclusionTriples(subject: ScoringSubject): readonly Triple[] | null {
  const names = answerNames(subject);
  return (
    subject.triples?.filter(({ head, tail }) => [head, tail].some((entity) => names.has(entityWording(entity)))) ?? null
  );
}
