import type { Question } from "../domain/question.ts";
import { contentOf, totalWeight } from "./shingles.ts";
import type { Content } from "./shingles.ts";

/** An evaluation question that training may have given away. */
export interface Contamination {
  readonly evaluationId: string;
  readonly trainingId: string;
  /** "same": equal up to case, punctuation, width and the order of options; "near": most of what is rare in the shorter is in both. */
  readonly kind: "same" | "near";
  /** Share of the shorter one's rare content that both hold, 0–1. */
  readonly share: number;
}

type Asked = Pick<Question, "id" | "text"> & Partial<Pick<Question, "options">>;

/** From this share of the rare content on, one question is a copy of the other. */
const nearShare = 0.6;
/** And this share of what both tell of a case: else they have no more in common than how questions are put. */
const nearCase = 0.5;
/** With fewer pieces in common nothing is said to be a copy. */
const fewestShared = 4;
/** Training questions that are looked at for one piece: what stands in more is no sign of a copy. */
const postingsKept = 32;
/** Weights are those of a collection of this size at least, so that a handful of questions has rare pieces too. */
const smallestCollection = 1000;

/**
 * Evaluation questions that stand among the training questions, whole or nearly: stems are compared by their pieces of a
 * few words (of characters where there are no blanks), each weighing the logarithm of how rare it is over all questions
 * given; pieces of stock phrases weigh nothing, and where both tell of a case, half of what they tell must be in both.
 * Changed closings, options or numbers leave a copy a copy. One finding for each evaluation question, the training
 * question that shares most. Time and memory grow linearly with the questions.
 */
export function findContamination(training: readonly Asked[], evaluation: readonly Asked[]): Contamination[] {
  const known = training.map(contentOf);
  const asked = evaluation.map(contentOf);
  const weigh = weights(known, asked);
  const equal = new Map<string, number>();
  const stems = new Map<string, number>();
  const postings = new Map<string, number[]>();
  for (const [index, content] of known.entries()) {
    const { wording, stem, pieces } = content;
    if (pieces.size > 0 && !stems.has(stem)) stems.set(stem, index);
    if (!equal.has(wording)) equal.set(wording, index);
    for (const piece of pieces) {
      const list = postings.get(piece);
      if (list === undefined) postings.set(piece, [index]);
      else if (list.length < postingsKept) list.push(index);
    }
  }
  const totals = known.map(({ pieces }) => totalWeight(pieces, weigh));
  const told = known.map((content) => content.told);
  // One of the two may be asked openly: then the stem alone is compared.
  const withoutOptions = ({ stem, wording }: Content): number | undefined =>
    stem === wording ? stems.get(stem) : equal.get(stem);
  return asked.flatMap((content, index): Contamination[] => {
    const evaluationId = evaluation[index]?.id ?? "";
    const same = content.wording === "" ? undefined : (equal.get(content.wording) ?? withoutOptions(content));
    if (same !== undefined) return [{ evaluationId, trainingId: training[same]?.id ?? "", kind: "same", share: 1 }];
    const near = nearest(content, { postings, weigh, totals, told });
    return near === null
      ? []
      : [{ evaluationId, trainingId: training[near.index]?.id ?? "", kind: "near", share: near.share }];
  });
}

interface Known {
  readonly postings: ReadonlyMap<string, readonly number[]>;
  readonly weigh: (piece: string) => number;
  readonly totals: readonly number[];
  readonly told: readonly ReadonlySet<string>[];
}

/** The training question that shares most of the rare pieces, where that makes it a copy. */
function nearest(
  { pieces, told }: Content,
  { postings, weigh, totals, told: toldOf }: Known,
): { readonly index: number; readonly share: number } | null {
  const shared = new Map<number, { weight: number; pieces: number }>();
  for (const piece of pieces) {
    const weight = weigh(piece);
    for (const index of postings.get(piece) ?? []) {
      const sum = shared.get(index) ?? { weight: 0, pieces: 0 };
      shared.set(index, { weight: sum.weight + weight, pieces: sum.pieces + 1 });
    }
  }
  const own = totalWeight(pieces, weigh);
  let best: { index: number; share: number } | null = null;
  for (const [index, sum] of shared) {
    const other = totals[index] ?? 0;
    const share = sum.weight / Math.min(own, other);
    if (
      sum.pieces >= fewestShared &&
      Math.max(own, other) <= 3 * Math.min(own, other) &&
      share >= nearShare &&
      share > (best?.share ?? 0) &&
      sharedCase(told, toldOf[index] ?? new Set(), weigh) >= nearCase
    )
      best = { index, share };
  }
  return best;
}

/** Share of what the shorter tells of its case; all where one of the two tells of none. */
function sharedCase(one: ReadonlySet<string>, other: ReadonlySet<string>, weigh: (piece: string) => number): number {
  const least = Math.min(totalWeight(one, weigh), totalWeight(other, weigh));
  const both = [...one].filter((piece) => other.has(piece));
  return least === 0 ? 1 : totalWeight(both, weigh) / least;
}

/** How rare a piece is: ln of the questions there are over those that hold it. */
function weights(...collections: readonly (readonly Content[])[]): (piece: string) => number {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const content of collections.flat()) {
    // A question that is repeated does not make its own pieces common.
    if (seen.has(content.wording)) continue;
    seen.add(content.wording);
    for (const piece of content.pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  const most = Math.max(seen.size, smallestCollection);
  return (piece) => Math.log(most / (counts.get(piece) ?? 1));
}
