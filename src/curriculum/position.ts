import type { PolicyAddress, StagePosition } from "../domain/address.ts";
import type { Gate } from "../domain/gate.ts";
import type { RunHistory } from "../trajectories/history.ts";
import { runStage } from "./runStages.ts";

/** Where a stage stands on the current branch. */
export function stagePosition(history: RunHistory, number: number): StagePosition {
  const branch = history.currentBranch;
  const { name, iterations, gate, step: start } = runStage(history, number);
  let step = start;
  while (history.outcome({ branch, step })?.stage === number) step++;
  return { branch, step, stage: number, name, iteration: step - start, iterations, gated: gate !== null };
}

/** Times that gates of a stage were decided with "extend" on the current branch. */
export function extensionsOf(history: RunHistory, stage: number): number {
  return history.gates(history.currentBranch).filter((gate) => gate.stage === stage && gate.decision === "extend")
    .length;
}

/** The policy that a stage began with on the current branch. */
export function stageStart(history: RunHistory, stage: number): PolicyAddress {
  return { branch: history.currentBranch, step: runStage(history, stage).step };
}

/** The latest decision about a stage that ends with a policy. */
export function gateAt(history: RunHistory, stage: number, end: PolicyAddress): Gate | null {
  const policy = history.policy(end);
  return (
    history
      .gates(end.branch)
      .findLast((gate) => gate.stage === stage && gate.end.branch === policy.branch && gate.end.step === policy.step) ??
    null
  );
}
