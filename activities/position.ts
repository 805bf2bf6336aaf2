/** A policy of a run: the one before `step` on a branch. */
export interface PolicyAddress {
  readonly run: string;
  readonly branch: string;
  readonly step: number;
}

/** Where a stage stands. */
export interface StagePosition extends PolicyAddress {
  readonly stage: number;
  /** Iterations done; also the index of the next one. */
  readonly iteration: number;
  /** Iterations the stage is to have, extensions included. */
  readonly iterations: number;
}
