import type { ScoringSubject } from "./subject.ts";

/** What a reward needs beside the response itself. */
export type Need = "reference" | "knowledge-graph" | "embedding" | "search" | "gold-titles" | "log-likelihoods" | "answer-key";

/** What a reward or penalty says of itself. */
export interface Declaration {
  readonly name: string;
  readonly range: readonly [lowest: number, highest: number];
  readonly needs: readonly Need[];
  /** Why a value may be null, which is never the same as 0. */
  readonly nullMeans: string;
}

/** A reward or penalty: a named, bounded, pure function of a trajectory's evidence. */
export interface RewardDefinition extends Declaration {
  readonly score: (subject: ScoringSubject) => number | null;
}

/** A reward that is put together from others. */
export interface CompositeDefinition extends Declaration {
  readonly parts: readonly RewardDefinition[];
  /** From the values of the parts, in their order. */
  readonly combine: (values: readonly (number | null)[]) => number | null;
}

/** A value kept in its declared range; what is no number counts as not scored. */
export function boundedValue({ range: [lowest, highest] }: Declaration, value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  return Math.min(Math.max(value, lowest), highest);
}

/** Mean of the values that are not null; null when none is left. */
export function meanOfScored(values: readonly (number | null)[]): number | null {
  const scored = values.filter((value) => value !== null);
  return scored.length === 0 ? null : scored.reduce((sum, value) => sum + value, 0) / scored.length;
}
