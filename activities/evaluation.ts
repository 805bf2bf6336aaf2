import type { PolicyAddress } from "./runs.ts";

export interface PoolResult {
  readonly pool: string;
  readonly questions: number;
  /** Share of right answers. */
  readonly accuracy: number;
}

export interface EvaluationActivities {
  /** Answers a pool's questions with one policy and appends the rows; rows of an earlier attempt are adopted. */
  evaluatePool(input: PolicyAddress & { readonly pool: string }): Promise<PoolResult>;
}
