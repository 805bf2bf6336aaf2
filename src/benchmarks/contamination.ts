import type { Question } from "../domain/question.ts";
import { splitWords } from "../rewards/words.ts";

/** An evaluation question that training may have given away. */
export interface Contamination {
  readonly evaluationId: string;
  readonly trainingId: string;
  /** "same": the wording is equal up to case and punctuation; "overlap": they share a run of words. */
  readonly kind: "same" | "overlap";
}

/** Words in a row that two different questions do not share by chance (Brown et al. 2020). */
const runLength = 13;

/** Evaluation questions whose text stands among the training questions, whole or in a run of 13 words. One finding each. */
export function findContamination(training: readonly Question[], evaluation: readonly Question[]): Contamination[] {
  const texts = new Map<string, string>();
  const runs = new Map<string, string>();
  for (const { id, text } of training) {
    const words = splitWords(text);
    texts.set(words.join(" "), id);
    for (const run of wordRuns(words)) runs.set(run, id);
  }
  return evaluation.flatMap(({ id, text }): Contamination[] => {
    const words = splitWords(text);
    const same = texts.get(words.join(" "));
    if (same !== undefined) return [{ evaluationId: id, trainingId: same, kind: "same" }];
    const overlap = wordRuns(words).map((run) => runs.get(run)).find((found) => found !== undefined);
    return overlap === undefined ? [] : [{ evaluationId: id, trainingId: overlap, kind: "overlap" }];
  });
}

function wordRuns(words: readonly string[]): string[] {
  return Array.from({ length: Math.max(0, words.length - runLength + 1) }, (_, start) => words.slice(start, start + runLength).join(" "));
}
