import { summarise, type QuestionRetrieval } from "../../src/evaluation/measureRetrieval.ts";
import type { RetrievalMeasures } from "../../src/evaluation/retrievalMeasures.ts";
import type { Passage } from "../../src/domain/passage.ts";
import type { Figure } from "../harness.ts";

/** A mean over questions, 0–1; low and high are the ends of its 95 % interval. */
export function qualityFigure(
  name: string,
  results: readonly QuestionRetrieval[],
  measure: keyof RetrievalMeasures,
): Figure {
  const { mean, low, high } = summarise(results, measure);
  return { name, value: mean, unit: "share", n: results.length, low, high };
}

/** A figure with the mean of others on the same questions beside it. */
export function beside(ours: Figure, peer: readonly QuestionRetrieval[], measure: keyof RetrievalMeasures): Figure {
  const { mean } = summarise(peer, measure);
  return { ...ours, peer: mean, ratio: ours.value / mean };
}

export async function* stream(passages: readonly Passage[]): AsyncIterable<Passage> {
  yield* passages;
}
