import { stagePosition } from "../curriculum/position.ts";
import { runStages } from "../curriculum/runStages.ts";
import type { RunHistory } from "../trajectories/history.ts";

/** A checkpoint that a report tells apart: the base (number 0), or the policy that a stage ended with or stands at. */
export interface StageEnd {
  readonly number: number;
  /** "base", "after reasoner", … */
  readonly checkpoint: string;
  /** Index of the policy. */
  readonly step: number;
}

/** The base and the stages that have begun on the current branch, oldest first. */
export function stageEnds(history: RunHistory): StageEnd[] {
  const begun = runStages(history).filter(({ step }) => step < history.stepsDone(history.currentBranch));
  return [
    { number: 0, checkpoint: "base", step: 0 },
    ...begun.map(({ number, name }) => ({
      number,
      checkpoint: `after ${name}`,
      step: stagePosition(history, number).step,
    })),
  ];
}

/** Names of a branch's stages by number; a number that its schedule decided nothing about stands as it is. */
export function stageNamer(history: RunHistory, branch = history.currentBranch): (number: number) => string {
  const names = new Map(runStages(history, branch).map(({ number, name }) => [number, name]));
  return (number) => names.get(number) ?? String(number);
}
