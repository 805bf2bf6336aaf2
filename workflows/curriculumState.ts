import type { CheckpointSummary } from "../activities/overview.ts";
import type { TimeLeft } from "../src/cost/timeLeft.ts";
import type { Gate } from "../src/domain/gate.ts";
import type { ApproveBudgetRequest, GateDecisionRequest, RollBackRequest } from "./messages.ts";
import { startingProgress, type RunProgress, type StepReward } from "../src/domain/progress.ts";

/** What a person can change or see of a running curriculum. */
export interface CurriculumState {
  run: string | null;
  paused: boolean;
  /** True while the run really rests: nothing is at work for it. */
  resting: boolean;
  /** Why the run waits for `retry` or `abort`; null while it works. */
  held: string | null;
  /** What was answered to a held run. */
  answer: "retry" | "abort" | null;
  /** The gate that waits for a person. */
  openGate: Gate | null;
  gateDecision: GateDecisionRequest | null;
  /** Which limits of the budget are reached, while the run waits for a person to approve more. */
  overBudget: string | null;
  budgetApproval: ApproveBudgetRequest | null;
  /** A roll-back to do at the next safe point. */
  rollBack: RollBackRequest | null;
  checkpoints: readonly CheckpointSummary[];
  gates: readonly Gate[];
  /** Rewards of the last iterations of the current branch, each once, for the sparkline. */
  recentRewards: readonly StepReward[];
  progress: Omit<RunProgress, "waitsForPerson" | "acts">;
  /** What the log says of the time to come; null before it was read. */
  timeLeft: TimeLeft | null;
  /** Why an engine is waited for, and since when (milliseconds since 1970); null while none is. */
  engineWait: { readonly reason: string; readonly since: number } | null;
  /** Where the pace is measured from, for the time left. */
  pace: { readonly since: number; readonly stage: string; readonly iterationsDone: number } | null;
}

/** The state of a curriculum that begins, or that continues as new while it is paused. */
export function createCurriculumState(paused: boolean): CurriculumState {
  return {
    run: null,
    paused,
    resting: false,
    held: null,
    answer: null,
    openGate: null,
    gateDecision: null,
    overBudget: null,
    budgetApproval: null,
    rollBack: null,
    checkpoints: [],
    gates: [],
    recentRewards: [],
    pace: null,
    timeLeft: null,
    engineWait: null,
    progress: { ...startingProgress, message: "starting" },
  };
}

/** True when a person wants the work to stop at its next safe point. */
export function isInterrupted(state: CurriculumState): boolean {
  return state.paused || state.rollBack !== null;
}
