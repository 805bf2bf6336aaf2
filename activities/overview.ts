import { iterationsOf } from "../src/configuration/stages.ts";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { stagePosition } from "../src/curriculum/position.ts";
import { runStages } from "../src/curriculum/runStages.ts";
import { withoutWarmStart } from "../src/curriculum/warmStart.ts";
import type { Gate } from "../src/domain/gate.ts";
import { outlineOf } from "../src/schedules/outlineOf.ts";
import type { RunHistory } from "../src/trajectories/history.ts";

/** A snapshot that a run can be rolled back to. */
export interface CheckpointSummary {
  readonly branch: string;
  readonly step: number;
  /** What the policy is known as: "base", "after reasoner"; null for an ordinary snapshot. */
  readonly label: string | null;
}

/** How far a run is, and what a person wants to see of it. */
export interface HistorySummary {
  readonly iterationsDone: number;
  /** Of the stages decided so far, and those that the schedule is likely to decide. */
  readonly iterationsTotal: number;
  /** On the current branch and those it came from, newest last: the newest ones, the base and stage ends. */
  readonly checkpoints: readonly CheckpointSummary[];
  /** The latest decision of each stage's gate. */
  readonly gates: readonly Gate[];
}

/** Number of ordinary snapshots shown beside the base and stage ends; older ones are in the log. */
const shownCheckpoints = 20;

/** What a person wants to see of a run beside its next task. */
export function summariseHistory(history: RunHistory, configuration: RunConfiguration): HistorySummary {
  const branch = history.currentBranch;
  const step = history.stepsDone(branch);
  const stages = runStages(history);
  const outline = outlineOf(configuration);
  const decided = [...stages, ...outline.slice(withoutWarmStart(stages).length)];
  const gates = history.gates(branch);
  const ends = stages.flatMap(({ number, name }) => {
    const { iteration, iterations, step: end } = stagePosition(history, number);
    return iteration === iterations ? [{ name, end }] : [];
  });
  const labels = new Map<number, string>([
    [0, "base"],
    ...ends.map(({ name, end }): [number, string] => [end, `after ${name}`]),
  ]);
  // A snapshot that was taken to be kept may have been taken before as an ordinary one.
  const distinct = [
    ...new Map(history.checkpoints({ branch, step }).map((checkpoint) => [checkpoint.step, checkpoint])).values(),
  ];
  const checkpoints = distinct
    .filter((checkpoint, index) => labels.has(checkpoint.step) || index < shownCheckpoints)
    .toReversed();
  return {
    iterationsDone: step,
    // A stage that a schedule trains piece by piece may still become as long as the outline says.
    iterationsTotal: Math.max(iterationsOf(decided), iterationsOf(outline)),
    checkpoints: checkpoints.map(
      (checkpoint): CheckpointSummary => ({
        branch: checkpoint.branch,
        step: checkpoint.step,
        label: labels.get(checkpoint.step) ?? null,
      }),
    ),
    gates: stages.flatMap(({ number }) => gates.findLast(({ stage }) => stage === number) ?? []),
  };
}
