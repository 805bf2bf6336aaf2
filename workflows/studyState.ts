import type { ReviewStanding } from "../activities/reviews.ts";
import type { StudyStanding } from "../activities/studies.ts";
import type { OpenCell } from "../src/studies/buildResult.ts";
import type { CellAtWork } from "../src/studies/studyProgress.ts";
import type { ApproveBudgetRequest } from "./messages.ts";

/** A run at work. `waited`: it waited for a person at some time, so its time does not count for the pace. */
interface Cell extends CellAtWork {
  readonly waited: boolean;
}

/** What a person can change or see of a running study. */
export interface StudyState {
  /** Its name; empty before it is known. */
  study: string;
  phase: "starting" | "running" | "writing" | "review" | "done";
  /** Filled forms of experts that the study waits for; null while it does not. */
  review: (ReviewStanding & { readonly wanted: number }) | null;
  /** Why nothing new is started until the signal `resume`; null while the study goes on. */
  paused: string | null;
  /** Which limits of the budget are reached, while the study waits for a person to approve more. */
  overBudget: string | null;
  budgetApproval: ApproveBudgetRequest | null;
  parallel: number;
  /** By the names of their runs. */
  readonly atWork: Map<string, Cell>;
  /** Runs that did not end, since the study was started. */
  readonly open: OpenCell[];
  /** Runs that failed one after the other, without one that ended between. */
  failedInARow: number;
  /** Runs of this history. */
  started: number;
  /** Runs that ended, and the seconds that they took together. */
  pace: { readonly seconds: number; readonly runs: number };
  standing: StudyStanding | null;
  timeUp: boolean;
  /** The runs at work are being stopped, so that their end is no failure. */
  stopping: boolean;
}

/** State that a new history of the study gets, beside what is kept. */
export interface CarriedStudy extends Pick<StudyState, "parallel" | "paused" | "failedInARow" | "pace"> {
  readonly study: string;
  /** Runs that failed: they are not tried again before the study is started anew. */
  readonly failed: readonly OpenCell[];
  /** When the study is to stop, in milliseconds since 1970; null for never. */
  readonly deadline: number | null;
}

/** The state of a study that begins, or that continues as new. */
export function createStudyState(carried: CarriedStudy | null): StudyState {
  return {
    study: carried?.study ?? "",
    phase: "starting",
    review: null,
    paused: carried?.paused ?? null,
    overBudget: null,
    budgetApproval: null,
    parallel: carried?.parallel ?? 1,
    atWork: new Map(),
    open: [...(carried?.failed ?? [])],
    failedInARow: carried?.failedInARow ?? 0,
    started: 0,
    pace: carried?.pace ?? { seconds: 0, runs: 0 },
    standing: null,
    timeUp: false,
    stopping: false,
  };
}

/** What a study's state hands to its next history. */
export function carriedBy(
  { parallel, paused, failedInARow, pace, open }: StudyState,
  { study, deadline }: Pick<CarriedStudy, "study" | "deadline">,
): CarriedStudy {
  const failed = open.filter(({ status }) => status === "failed");
  return { study, deadline, parallel, paused, failedInARow, pace, failed };
}

/** Runs that use a lane: those that wait for a person leave theirs to others. */
export function lanesInUse({ atWork }: StudyState): number {
  return [...atWork.values()].filter(({ waits }) => waits === null).length;
}
