import type { RewardSettings } from "../configuration/rewardSettings.ts";
import { meanOf } from "../domain/mean.ts";
import type { ScoringSubject } from "./subject.ts";

/** What a reward needs beside the response itself. */
export type Need =
  | "reference"
  | "knowledge-graph"
  | "embedding"
  | "search"
  | "gold-titles"
  | "log-likelihoods"
  | "answer-key";

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

/** A reward that is the weighted mean of others. */
export interface CompositeDefinition extends Declaration {
  readonly components: readonly RewardDefinition[];
  /** Weights of the components, in their order. */
  readonly weights: (settings: RewardSettings) => readonly number[];
}

/** A penalty; its score is the share of its largest size. */
export interface PenaltyDefinition extends RewardDefinition {
  readonly setting: keyof RewardSettings["penalties"];
}

/** Clamps a value to its declared range; what is no number counts as not scored. */
export function boundedValue({ range: [lowest, highest] }: Declaration, value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  return Math.min(Math.max(value, lowest), highest);
}

/** So small a part of a range may lie outside by rounding alone, as in a mean of shares. */
const rounding = 1e-6;

/** Whether a value lies outside its declared range, by more than rounding does. */
export function isOutside({ range: [lowest, highest] }: Declaration, value: number): boolean {
  const slack = rounding * (highest - lowest);
  return value < lowest - slack || value > highest + slack;
}

/** Mean of the values that are not null, each with its weight; null when none with a weight is left. */
export function weightedMeanOfScored(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let [sum, total] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    if (value === null) continue;
    const weight = weights[index] ?? 0;
    sum += weight * value;
    total += weight;
  }
  return total === 0 ? null : sum / total;
}

/** Mean of the values that are not null; null when none is left. */
export function meanOfScored(values: readonly (number | null)[]): number | null {
  return meanOf(values.filter((value) => value !== null));
}
