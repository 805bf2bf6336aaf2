import type { BatchReceipt } from "../src/domain/step.ts";
import type { StagePosition } from "./runs.ts";

export interface RolloutActivities {
  /** Samples the iteration's trajectories and appends them as one batch; a complete batch of an earlier attempt is adopted. */
  rollOut(position: StagePosition): Promise<{ readonly batches: readonly BatchReceipt[] }>;
}
