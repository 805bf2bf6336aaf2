import type { RewardSettings } from "../configuration/rewardSettings.ts";
import { weightedMeanOfScored } from "./rewardDefinition.ts";
import type { KnowledgeGraph } from "./knowledgeGraph.ts";
import { comparePaths } from "./paths.ts";
import type { ReferenceComparison } from "./subject.ts";

/** How the thinking agrees with one reference; null = not scored. */
export interface Alignment {
  readonly logical: number | null;
  readonly statistical: number | null;
  readonly semantic: number | null;
  /** Weighted mean of the three, nulls left out. */
  readonly mean: number | null;
  /** See PathAgreement. */
  readonly hopLimit: number | null;
}

/** Agreement of the thinking's graph and embedding with one reference. */
export function align(
  graph: KnowledgeGraph | null,
  reference: ReferenceComparison,
  weights: RewardSettings["reasoning"],
): Alignment {
  const comparable = graph !== null && reference.graph !== null;
  const paths = comparable ? comparePaths(graph, reference.graph) : null;
  const logical = paths?.jaccard ?? null;
  const statistical = comparable ? entityJaccard(graph, reference.graph) : null;
  const semantic = reference.cosine === null ? null : Math.max(reference.cosine, 0);
  return {
    logical,
    statistical,
    semantic,
    mean: weightedMeanOfScored(
      [logical, statistical, semantic],
      [weights.logical, weights.statistical, weights.semantic],
    ),
    hopLimit: paths?.hopLimit ?? null,
  };
}

/** Jaccard index of two graphs' entities; two empty sets agree fully. */
function entityJaccard(a: KnowledgeGraph, b: KnowledgeGraph): number {
  let shared = 0;
  for (const entity of a.entities.keys()) if (b.entities.has(entity)) shared++;
  const union = a.entities.size + b.entities.size - shared;
  return union === 0 ? 1 : shared / union;
}
