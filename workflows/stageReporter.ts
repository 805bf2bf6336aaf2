import type { OfRun, StagePosition } from "../src/domain/address.ts";
import {
  getExternalWorkflowHandle,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { ScoreSummary } from "../activities/rewards.ts";
import { markdownText } from "../src/output/markdown.ts";
import { progressReportsPerStage, progressReportSpacing, searchAttributes } from "../temporal.config.ts";
import type { StageProgress, StepReward } from "../src/domain/progress.ts";
import { stageProgressSignal } from "./messages.ts";

/** Shows a stage's progress in the Temporal UI and tells the curriculum that started it. */
export interface StageReporter {
  /** `workers` sampled its shards; none where its rollout was one piece. */
  iterationDone(
    position: OfRun<StagePosition>,
    scored: ScoreSummary,
    snapshot: boolean,
    workers: readonly string[],
  ): void;
  gateBegins(position: OfRun<StagePosition>): void;
  /** Waits until everything told has arrived. */
  allTold(): Promise<void>;
}

/** A reporter for a stage that goes on at `start`. */
export function createStageReporter(start: OfRun<StagePosition>): StageReporter {
  let last: Pick<StageProgress, "reward" | "accuracy" | "spent"> = { reward: null, accuracy: null, spent: null };
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
    { key: searchAttributes.stage, value: start.name },
  ]);
  /** Snapshots are told at once: they can be rolled back to. */
  const isDue = ({ iteration, iterations }: OfRun<StagePosition>): boolean => {
    if (iteration >= iterations) return true;
    return iteration % every === 0 && (snapshot !== null || Date.now() - lastReport >= progressReportSpacing);
  };
  return {
    iterationDone: (position, scored, snapshotTaken, workers) => {
      if (snapshotTaken) snapshot = { branch: position.branch, step: position.step };
      last = { reward: scored.reward, accuracy: scored.accuracy, spent: scored.spent ?? null };
      // After a guard the stage goes on from an earlier step: later rewards do not belong to the branch.
      const earned = scored.reward === null ? [] : [{ step: position.step, reward: scored.reward }];
      rewards = [...rewards.filter(({ step }) => step < position.step), ...earned];
      if (!isDue(position)) return;
      const sampling = { workers: [...workers] };
      report({ phase: "training", ...progressOf(position), ...last, ...sampling, rewards: [...rewards], snapshot });
      snapshot = null;
    },
    gateBegins: (position) =>
      report({ phase: "gate", ...progressOf(position), ...last, workers: [], rewards: [], snapshot: null }),
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
  name,
  stage,
  iteration,
  iterations,
}: OfRun<StagePosition>): Pick<StageProgress, "step" | "stage" | "name" | "iteration" | "iterations"> {
  return { step, stage, name, iteration, iterations };
}

function stageDetails(progress: StageProgress): string {
  return [
    `**Stage ${progress.name}**, ${progress.phase}: iteration ${progress.iteration} of ${progress.iterations}`,
    `reward ${shown(progress.reward)}, accuracy ${shown(progress.accuracy)}`,
    ...(progress.workers.length === 0 ? [] : [`shards sampled by ${markdownText(progress.workers.join(", "))}`]),
  ].join("\n\n");
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
