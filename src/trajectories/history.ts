import type { Checkpoint } from "../domain/step.ts";
import type { BranchRecord, GateRecord, PolicyAddress, SettingsChange } from "./records.ts";

/** A plan as the history knows it; the whole plan is read from the log. */
export interface PlanEntry {
  readonly branch: string;
  readonly step: number;
  readonly stage: number;
  readonly iteration: number;
  readonly hash: string;
}

/** What applying a plan led to. */
export interface OutcomeEntry {
  readonly branch: string;
  readonly step: number;
  readonly stage: number;
  readonly iteration: number;
  readonly planHash: string;
  readonly stateHash: string;
}

/** Where a run stands. Addresses may name any branch; what belongs to its ancestry is found there. */
export interface RunHistory {
  /** The branch opened last; "main" at first. */
  readonly currentBranch: string;
  readonly branches: readonly BranchRecord[];
  /** The same policy under its owner's name: a policy up to a fork is the parent's. */
  policy(address: PolicyAddress): PolicyAddress;
  /** The branch that step `step` of a branch's ancestry was taken on. */
  ownerOfStep(address: PolicyAddress): string;
  plan(address: PolicyAddress): PlanEntry | null;
  outcome(address: PolicyAddress): OutcomeEntry | null;
  /** Steps taken on the branch's ancestry without a gap: the policy that training goes on from. */
  stepsDone(branch: string): number;
  /** The last step taken before a policy; null for the base. */
  lastOutcome(address: PolicyAddress): OutcomeEntry | null;
  /** Recorded snapshots of the policies up to an address in its ancestry, newest first. */
  checkpoints(address: PolicyAddress): readonly Checkpoint[];
  /** Gate decisions on a branch's ancestry, oldest first. */
  gates(branch: string): readonly GateRecord[];
  /** Changes that hold at an address, oldest first. */
  settings(address: PolicyAddress): readonly SettingsChange[];
}
