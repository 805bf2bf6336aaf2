import type { Stage } from "../configuration/stages.ts";
import type { RunHistory } from "../trajectories/history.ts";

/** A stage as the run's schedule decided it. */
export interface RunStage {
  /** Number of the stage, from 1, in the order of the branch. */
  readonly number: number;
  readonly name: string;
  readonly rewards: Stage["rewards"];
  readonly learns?: Stage["learns"];
  /** Iterations it is to have, extensions included. */
  readonly iterations: number;
  /** Settings of the gate at its end; null where it has none. */
  readonly gate: Stage["gate"];
  /** The policy that it begins with is the one before this step. */
  readonly step: number;
}

/** Stages of a branch, oldest first; one that was decided and then, before its first step, decided otherwise does not count. */
export function runStages(history: RunHistory, branch = history.currentBranch): readonly RunStage[] {
  const decisions = history.decisions(branch).filter(({ work }) => work.kind === "train" || work.kind === "extend");
  const counted = decisions.filter(({ step }, index) =>
    decisions.slice(index + 1).every((later) => later.step !== step),
  );
  const stages: RunStage[] = [];
  for (const { step, work } of counted.toSorted((a, b) => a.step - b.step)) {
    const last = stages.at(-1);
    if (work.kind === "train") stages.push({ number: stages.length + 1, step, ...work.stage });
    else if (work.kind === "extend" && last !== undefined)
      stages.splice(-1, 1, { ...last, iterations: last.iterations + work.iterations });
  }
  return stages;
}

/** Throws RangeError where the branch has no such stage. */
export function runStage(history: RunHistory, number: number, branch = history.currentBranch): RunStage {
  const stage = runStages(history, branch)[number - 1];
  if (stage === undefined) throw new RangeError(`branch "${branch}" has no stage ${number}: its schedule decided none`);
  return stage;
}
