/** How hard a world is. Shares are 0–1. The same kind of thing is made harder for every domain, so that studies can be repeated on another one. */
export interface Regime {
  /** How often the base's teacher searches before it states a fact; it checks remedies 1.4 times as often. */
  readonly baseSearches: number;
  /** Share of the worst band's documents that are wrong. */
  readonly misleading: number;
  /** Facts that lead from a fault to its answer: each is in documents of its own. */
  readonly hops: number;
  /** Share of the training faults whose facts the base is taught. */
  readonly known: number;
  /** What each search takes from a response's total. */
  readonly searchCost: number;
  /** Share of the training faults whose references argue wrongly. */
  readonly corruptedReferences: number;
  /** Share of the fields that no document is about; abstaining is right there. */
  readonly silentFields: number;
}

export const shortestChain = 3;
export const longestChain = 6;

/** The world of the presets. */
export const defaultRegime: Regime = {
  baseSearches: 0.5,
  misleading: 0.7,
  hops: shortestChain,
  known: 0.3,
  searchCost: 0,
  corruptedReferences: 0,
  silentFields: 0,
};

/** What of a regime a base depends on; null where it is the same base as the default regime's. */
export function baseRegime(regime: Regime): Partial<Regime> | null {
  const { searchCost: _, corruptedReferences: __, ...taught } = regime;
  return Object.entries(taught).every(([name, value]) => defaultRegime[name as keyof Regime] === value) ? null : taught;
}
