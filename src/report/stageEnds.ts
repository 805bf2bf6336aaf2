import type { IterationRecord } from "../trajectories/records.ts";

/** The stages that a report tells apart; 0 is the base. */
export const reportedStages = [0, 1, 2, 3] as const;

/** Index of the policy that a stage ended with (0: the base), or stands at while it goes on; null while the stage has not begun. */
export function stageEnd(iterations: readonly IterationRecord[], stage: number): number | null {
  if (stage === 0) return 0;
  const last = iterations.findLast((row) => row.stage === stage);
  return last === undefined ? null : last.step + 1;
}
