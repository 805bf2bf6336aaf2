import type { BatchReceipt } from "../src/domain/step.ts";
import type { StagePosition } from "./runs.ts";

/** Means over the iteration's trajectories. */
export interface ScoreSummary {
  readonly reward: number;
  /** Share of right answers. */
  readonly accuracy: number;
}

export interface RewardActivities {
  /** Scores the trajectories and records the step's plan; a plan recorded before is kept. */
  scoreAndPlan(input: StagePosition & { readonly batches: readonly BatchReceipt[] }): Promise<ScoreSummary>;
}
