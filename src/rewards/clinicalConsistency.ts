import type { RelationSemantics, Triple } from "../domain/triple.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import type { ScoringSubject } from "./subject.ts";

type Comparison = "agrees" | "contradicts" | "says-nothing";

/**
 * 1 − contradicting triples ÷ comparable triples (docs/method.md#rewards). The references decide where they speak; elsewhere the
 * retrieved passages of the highest weight that speak do. Where sources of one rank disagree, one that agrees is enough.
 */
export const clinicalConsistency: RewardDefinition = {
  name: "clinicalConsistency",
  range: [0, 1],
  needs: ["knowledge-graph"],
  nullMeans: "nothing the thinking states can be compared",
  score: (subject) => {
    const { triples, semantics } = subject;
    if (triples === null || semantics === null) return null;
    const ranks = rankSources(subject);
    const verdicts = triples.map((triple) => compare(triple, ranks, semantics));
    const comparable = verdicts.filter((verdict) => verdict !== "says-nothing");
    if (comparable.length === 0) return null;
    return 1 - comparable.filter((verdict) => verdict === "contradicts").length / comparable.length;
  },
};

/** What sources of one rank state, one list a source. */
type Rank = readonly { readonly triples: readonly Triple[] | null }[];

/** What is known, most trusted first. */
function rankSources({ references, passages }: ScoringSubject): Rank[] {
  const weights = [...new Set(passages.map(({ weight }) => weight))].sort((a, b) => b - a);
  return [references, ...weights.map((weight) => passages.filter((retrieved) => retrieved.weight === weight))];
}

function compare(triple: Triple, ranks: readonly Rank[], semantics: RelationSemantics): Comparison {
  for (const rank of ranks) {
    const comparison = compareWithRank(triple, rank, semantics);
    if (comparison !== "says-nothing") return comparison;
  }
  return "says-nothing";
}

function compareWithRank(triple: Triple, rank: Rank, semantics: RelationSemantics): Comparison {
  let contradicted = false;
  for (const { triples } of rank) {
    for (const known of triples ?? []) {
      const comparison = compareTriples(triple, known, semantics);
      if (comparison === "agrees") return "agrees";
      contradicted ||= comparison === "contradicts";
    }
  }
  return contradicted ? "contradicts" : "says-nothing";
}

function compareTriples(a: Triple, b: Triple, { functional, opposites }: RelationSemantics): Comparison {
  if (a.head !== b.head) return "says-nothing";
  const opposed =
    isNegation(a.relation, b.relation) ||
    opposites.some(
      ([one, other]) => (a.relation === one && b.relation === other) || (a.relation === other && b.relation === one),
    );
  if (opposed && a.tail === b.tail) return "contradicts";
  if (a.relation !== b.relation) return "says-nothing";
  if (a.tail === b.tail) return "agrees";
  return functional.includes(a.relation) ? "contradicts" : "says-nothing";
}

/** Extractors write the negation of a relation as "not " and the relation. */
function isNegation(a: string, b: string): boolean {
  return a === `not ${b}` || b === `not ${a}`;
}
