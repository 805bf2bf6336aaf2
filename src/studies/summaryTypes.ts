import type { AddedCounts } from "./statistics/counts.ts";
import type { WorldInterval } from "./statistics/worldBootstrap.ts";
import type { CellStatus, StudyResult } from "./studyResult.ts";

/** A share of runs with Wilson's interval; runs of one world count as one. */
export interface ShareOfRuns {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** What an arm's runs spent until their accuracy in training reached 80 % of the ceiling. */
export interface Reached {
  readonly runs: number;
  /** Runs that did reach it. */
  readonly reached: number;
  /** The middle run's; null where it never reached it, or its spending is not known. */
  readonly updates: number | null;
  readonly tokens: number | null;
}

/** A group of diseases (a specialty) with the answers of all runs to it. */
export interface GroupAnswers extends AddedCounts {
  readonly group: string;
}

/** How an arm ended on a pool in a regime. */
export interface ArmRow {
  readonly arm: string;
  readonly regime: string;
  readonly pool: string;
  /** Runs that are in the figures, and those that are not, by why. */
  readonly runs: number;
  readonly missing: Readonly<Partial<Record<Exclude<CellStatus, "finished"> | "not-asked" | "not-graded", number>>>;
  readonly accuracy: WorldInterval | null;
  readonly above: ShareOfRuns | null;
  /** Answers that a judge failed on; in no figure. */
  readonly ungraded: number;
  readonly groups: readonly GroupAnswers[];
  /** Mean over the runs that have it of what else was measured, by name. */
  readonly metrics: Readonly<Record<string, { readonly mean: number; readonly runs: number }>>;
}

/** What an arm's runs in a regime took, and how they learnt. */
export interface LearningRow {
  readonly arm: string;
  readonly regime: string;
  readonly runs: number;
  /** Mean accuracy in training over all updates; null where no run has a curve. */
  readonly area: WorldInterval | null;
  readonly reached: Reached;
  /** Means a run; null where it could not be had of any. */
  readonly tokens: number | null;
  readonly seconds: number | null;
  readonly money: number | null;
}

/**
 * What is compared: held-out answers at the end, where both have had the same updates; or accuracy in training where the arm that spent less stopped
 * (held-out pools are asked at stages' ends only), or over all updates.
 */
export type Basis = "updates" | "tokens" | "seconds" | "area";

/** A pair of runs that is not in a comparison, and why. */
export interface MissingPair {
  readonly regime: string;
  readonly world: string;
  readonly seed: number;
  readonly why: string;
}

/** The difference a − b. */
export interface ComparisonRow {
  readonly a: string;
  readonly b: string;
  /** Null: over all regimes, each counted once. */
  readonly regime: string | null;
  readonly basis: Basis;
  /** Null where the basis is accuracy in training. */
  readonly pool: string | null;
  readonly difference: WorldInterval | null;
  /** Holm's over the rows of the same regime at equal updates; null for other bases. */
  readonly adjusted: number | null;
  /** Pairs of runs on one world with one seed. */
  readonly pairs: number;
  readonly missing: readonly MissingPair[];
  /** Diseases of the pairs that one of the two was not asked, or gave no answer to that could be graded. */
  readonly diseasesLeftOut: number;
}

/** The difference a − b at equal updates over the pairs whose run of one of the two ended low (`endsLow`), over all regimes, each counted once. */
export interface LowEndRow extends Pick<ComparisonRow, "a" | "b" | "difference" | "pairs"> {
  readonly pool: string;
  /** The arm whose run ended low. */
  readonly low: string;
}

/** The figures of a study as plain JSON: the same for the same result. */
export interface StudySummary {
  readonly name: string;
  readonly studyHash: string;
  readonly question: string;
  readonly confidence: number;
  readonly resamples: number;
  readonly counts: StudyResult["counts"];
  readonly notes: readonly string[];
  /** Held-out pools, which are compared, in the order of their first run; `arms` has their sampled answers too. */
  readonly pools: readonly string[];
  readonly arms: readonly ArmRow[];
  readonly learning: readonly LearningRow[];
  readonly comparisons: readonly ComparisonRow[];
  /** Of comparisons whose arms both train. */
  readonly lowEnds: readonly LowEndRow[];
}
