import type { Regime } from "../regime.ts";

/** How the writer of the supervised trajectories works; every number is a probability. */
export interface Habits {
  /** Names the right fault. */
  readonly recognises: number;
  /** Searches before it states a cause or a remedy. */
  readonly searches: number;
  /** Searches before it states whether the circumstance rules a remedy out. */
  readonly searchesToCheck: number;
  /** Share of its searches that ask for the fact and for a band of levels. */
  readonly asksWithBand: number;
  /** Share of the queries with a band whose band is the most trusted. */
  readonly asksForBest: number;
  /** Share of its searches that ask for the fact without a band; the rest asks beside the point. */
  readonly asksPlainly: number;
  /** States what a document about the fact says, when one was found. */
  readonly reads: number;
  /** When documents were found: trusts the one of the highest level, not any. */
  readonly weighsEvidence: number;
  /** Remembers a fact it was taught, when it does not read. */
  readonly remembers: number;
  /** Checks the first choice against the circumstance. */
  readonly checks: number;
  /** Names and answers the second choice when the check rules the first out. */
  readonly switches: number;
  /** Breaks the format at the end. */
  readonly breaksFormat: number;
  /** Gives up where a search shows nothing about the fault; left out where the corpus is silent about nothing. */
  readonly abstains?: number;
}

/** A writer who seldom searches, hardly ever asks for trusted documents, seldom checks, and often guesses. */
export const baseHabits: Habits = {
  recognises: 0.88,
  searches: 0.5,
  searchesToCheck: 0.7,
  asksWithBand: 0.2,
  asksForBest: 0.35,
  asksPlainly: 0.25,
  reads: 0.75,
  weighsEvidence: 0.25,
  remembers: 0.2,
  checks: 0.5,
  switches: 0.7,
  breaksFormat: 0.2,
};

/** A check is searched for more often than a cause or remedy: a base that never looks up what rules a remedy out does not start to. */
const checksMoreOften = 1.4;
const abstainsSeldom = 0.3;

/** The same writer in another regime. */
export function habitsIn({ baseSearches, silentFields }: Regime): Habits {
  return {
    ...baseHabits,
    searches: baseSearches,
    searchesToCheck: Math.min(1, checksMoreOften * baseSearches),
    ...(silentFields > 0 ? { abstains: abstainsSeldom } : {}),
  };
}
