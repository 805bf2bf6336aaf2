/** Metrics by name, as the report's curves call them. */
export type Metrics = Readonly<Record<string, number>>;

/** What was measured when a schedule that observes looked at the policy: at its base, and at each gate. Nothing of held-out pools is in it. */
export interface Observation {
  /** Number of the branch's steps before it. */
  readonly step: number;
  /**
   * Metrics of the answers to validation questions, with real search: `accuracy`, `search/…`, `reward/…`,
   * `reward_correlation/…`.
   */
  readonly validation: Metrics;
  /** Means over the last iterations before it, of sampled answers to training questions; none before the first. */
  readonly training: Metrics | null;
}

/** What a schedule that observes is shown beside the stages. */
export interface Observed {
  /** Means over the run's first iterations. */
  readonly beginning: Metrics;
  /** Oldest first. */
  readonly looks: readonly Observation[];
}
