import {
  getExternalWorkflowHandle,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { ScoreSummary } from "../activities/rewards.ts";
import type { StagePosition } from "../activities/position.ts";
import { progressReportsPerStage, progressReportSpacing, searchAttributes } from "../temporal.config.ts";
import { spacesReports } from "./patches.ts";
import { stageProgressSignal, type StageProgress, type StepReward } from "./progress.ts";

/** Shows a stage's progress in the Temporal UI and tells the curriculum that started it. */
export interface StageReporter {
  iterationDone(position: StagePosition, scored: ScoreSummary, snapshot: boolean): void;
  gateBegins(position: StagePosition): void;
  /** Waits until everything told has arrived. */
  allTold(): Promise<void>;
}

export function createStageReporter(start: StagePosition): StageReporter {
  let last: Pick<StageProgress, "reward" | "accuracy"> = { reward: null, accuracy: null };
  let snapshot: StageProgress["snapshot"] = null;
  let rewards: readonly StepReward[] = [];
  let lastReport = Number.NEGATIVE_INFINITY;
  // The next iteration does not wait for a report to arrive.
  const underWay = new Set<Promise<void>>();
  const report = (progress: StageProgress): void => {
    show(progress);
    lastReport = Date.now();
    rewards = [];
    const telling = tellParent(progress).finally(() => underWay.delete(telling));
    underWay.add(telling);
  };
  const every = Math.ceil(start.iterations / progressReportsPerStage);
  upsertSearchAttributes([
    { key: searchAttributes.run, value: start.run },
    { key: searchAttributes.stage, value: start.stage },
  ]);
  /** Snapshots are told at once: they can be rolled back to. */
  const isDue = ({ iteration, iterations }: StagePosition): boolean => {
    if (iteration >= iterations) return true;
    return (
      iteration % every === 0 &&
      (!spacesReports() || snapshot !== null || Date.now() - lastReport >= progressReportSpacing)
    );
  };
  return {
    iterationDone: (position, scored, snapshotTaken) => {
      if (snapshotTaken) snapshot = { branch: position.branch, step: position.step };
      last = { reward: scored.reward, accuracy: scored.accuracy };
      // After a guard the stage goes on from an earlier step: what it left behind is no part of the branch.
      rewards = [...rewards.filter(({ step }) => step < position.step), { step: position.step, reward: scored.reward }];
      if (!isDue(position)) return;
      report({ phase: "training", ...progressOf(position), ...last, rewards: [...rewards], snapshot });
      snapshot = null;
    },
    gateBegins: (position) => report({ phase: "gate", ...progressOf(position), ...last, rewards: [], snapshot: null }),
    allTold: async () => {
      await Promise.all(underWay);
    },
  };
}

function show(progress: StageProgress): void {
  setCurrentDetails(stageDetails(progress));
  upsertSearchAttributes([
    { key: searchAttributes.iteration, value: progress.iteration },
    { key: searchAttributes.reward, value: progress.reward },
    { key: searchAttributes.accuracy, value: progress.accuracy },
  ]);
}

async function tellParent(progress: StageProgress): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  try {
    // By workflow id alone, so that a curriculum that continued as new still hears it.
    await getExternalWorkflowHandle(parent.workflowId).signal(stageProgressSignal, progress);
  } catch {
    // A report that does not arrive is no reason to stop: the next one tells more.
  }
}

function progressOf({
  step,
  stage,
  iteration,
  iterations,
}: StagePosition): Pick<StageProgress, "step" | "stage" | "iteration" | "iterations"> {
  return { step, stage, iteration, iterations };
}

function stageDetails(progress: StageProgress): string {
  return [
    `**Stage ${progress.stage}**, ${progress.phase}: iteration ${progress.iteration} of ${progress.iterations}`,
    `reward ${shown(progress.reward)}, accuracy ${shown(progress.accuracy)}`,
  ].join("\n\n");
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
