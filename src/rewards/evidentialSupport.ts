import type { Triple } from "../domain/triple.ts";
import { normaliseAnswer } from "../graders/normalise.ts";
import { answerText } from "./answerText.ts";
import { meanOfScored } from "./definition.ts";
import type { RewardDefinition } from "./definition.ts";
import { bestSupport } from "./evidenceRecall.ts";

/**
 * Mean over the conclusion's triples (those that mention the answer) of the highest level ÷ 9 of a retrieved passage
 * that states them; a conclusion that the thinking states nothing about has no support (METHOD §3).
 */
export const evidentialSupport: RewardDefinition = {
  name: "evidentialSupport",
  range: [0, 1],
  needs: ["knowledge-graph", "search"],
  nullMeans: "no triples could be read from the thinking or from the passages",
  score: (subject) => {
    if (subject.triples === null) return null;
    const conclusion = normaliseAnswer(answerText(subject));
    const mentions = ({ head, tail }: Triple): boolean => [head, tail].some((entity) => normaliseAnswer(entity) === conclusion);
    const triples = subject.triples.filter(mentions);
    return triples.length === 0 ? 0 : meanOfScored(triples.map((triple) => bestSupport(triple, subject.passages)));
  },
};
