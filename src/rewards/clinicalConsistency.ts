import type { RelationSemantics, Triple } from "../domain/triple.ts";
import type { RewardDefinition } from "./definition.ts";
import { evidenceWeight } from "./evidenceRecall.ts";
import type { ScoringSubject } from "./subject.ts";

type Comparison = "agrees" | "contradicts" | "says-nothing";

/**
 * 1 − contradicting triples ÷ comparable triples (METHOD §3). The references decide where they speak; elsewhere the
 * retrieved passages of the highest level that speak do. Where sources of one rank disagree, one that agrees is enough.
 */
export const clinicalConsistency: RewardDefinition = {
  name: "clinicalConsistency",
  range: [0, 1],
  needs: ["knowledge-graph"],
  nullMeans: "nothing the thinking states can be compared",
  score: (subject) => {
    const { triples, semantics } = subject;
    if (triples === null || semantics === null) return null;
    const sources = rankSources(subject);
    const verdicts = triples.map((triple) => compare(triple, sources, semantics));
    const comparable = verdicts.filter((verdict) => verdict !== "says-nothing");
    if (comparable.length === 0) return null;
    return 1 - comparable.filter((verdict) => verdict === "contradicts").length / comparable.length;
  },
};

/** What is known, most trusted first; each rank is the union of what its sources state. */
function rankSources({ references, passages }: ScoringSubject): Triple[][] {
  const levels = [...new Set(passages.map(evidenceWeight))].sort((a, b) => b - a);
  const ofLevel = (level: number): Triple[] => passages.flatMap((retrieved) => (evidenceWeight(retrieved) === level ? (retrieved.triples ?? []) : []));
  return [references.flatMap((reference) => reference.triples ?? []), ...levels.map(ofLevel)];
}

function compare(triple: Triple, sources: readonly (readonly Triple[])[], semantics: RelationSemantics): Comparison {
  for (const source of sources) {
    const comparisons = source.map((known) => compareTriples(triple, known, semantics));
    if (comparisons.includes("agrees")) return "agrees";
    if (comparisons.includes("contradicts")) return "contradicts";
  }
  return "says-nothing";
}

function compareTriples(a: Triple, b: Triple, { functional, opposites }: RelationSemantics): Comparison {
  if (a.head !== b.head) return "says-nothing";
  const opposed = opposites.some(([one, other]) => (a.relation === one && b.relation === other) || (a.relation === other && b.relation === one));
  if (opposed && a.tail === b.tail) return "contradicts";
  if (a.relation !== b.relation) return "says-nothing";
  if (a.tail === b.tail) return "agrees";
  return functional.includes(a.relation) ? "contradicts" : "says-nothing";
}
