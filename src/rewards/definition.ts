import type { ScoringSubject } from "./subject.ts";

/** What a reward needs beside the response itself. */
export type Need = "reference" | "knowledge-graph" | "embedding" | "search" | "gold-titles" | "log-likelihoods" | "answer-key";

/** A reward or penalty: a named, bounded, pure function of a trajectory's evidence. */
export interface RewardDefinition {
  readonly name: string;
  readonly range: readonly [lowest: number, highest: number];
  readonly needs: readonly Need[];
  /** Why a value may be null, which is never the same as 0. */
  readonly nullMeans: string;
  readonly score: (subject: ScoringSubject) => number | null;
}

/** A reward's value, kept in its range; what is no number counts as not scored. */
export function boundedValue(definition: RewardDefinition, subject: ScoringSubject): number | null {
  const value = definition.score(subject);
  if (value === null || Number.isNaN(value)) return null;
  return Math.min(Math.max(value, definition.range[0]), definition.range[1]);
}

/** Mean of the values that are not null; null when none is left. */
export function meanOfScored(values: readonly (number | null)[]): number | null {
  const scored = values.filter((value) => value !== null);
  return scored.length === 0 ? null : scored.reduce((sum, value) => sum + value, 0) / scored.length;
}
