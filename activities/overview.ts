import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { stageIterations, stages } from "../src/curriculum/position.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import { verdictOf, type GateVerdict } from "./gates.ts";

/** A snapshot that a run can be rolled back to. */
export interface CheckpointSummary {
  readonly branch: string;
  readonly step: number;
  /** What the policy is known as: "base", "after stage 1"; null for an ordinary snapshot. */
  readonly label: string | null;
}

/** A gate's latest decision with its evidence. */
export interface GateSummary extends GateVerdict {
  readonly stage: number;
  /** Who overruled the gate and why; null when it decided by itself. */
  readonly person: { readonly name: string; readonly reason: string } | null;
}

/** How far a run is, and what a person wants to see of it. */
export interface HistorySummary {
  readonly iterationsDone: number;
  readonly iterationsTotal: number;
  /** On the current branch and those it came from, newest last: the newest ones, the base and stage ends. */
  readonly checkpoints: readonly CheckpointSummary[];
  readonly gates: readonly GateSummary[];
}

/** Enough to choose from beside the base and stage ends; older ones are in the log. */
const shownCheckpoints = 20;

/** What a person wants to see of a run beside its next task. */
export function summariseHistory(history: RunHistory, configuration: RunConfiguration): HistorySummary {
  const branch = history.currentBranch;
  const step = history.stepsDone(branch);
  const gates = history.gates(branch);
  const labels = new Map<number, string>([
    [0, "base"],
    ...gates.map((gate): [number, string] => [gate.end.step, `after stage ${gate.stage}`]),
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
    iterationsTotal: stages.reduce((sum, stage) => sum + stageIterations(history, configuration, stage), 0),
    checkpoints: checkpoints.map(
      (checkpoint): CheckpointSummary => ({
        branch: checkpoint.branch,
        step: checkpoint.step,
        label: labels.get(checkpoint.step) ?? null,
      }),
    ),
    gates: stages.flatMap((stage): GateSummary[] => {
      const latest = gates.findLast((gate) => gate.stage === stage);
      return latest === undefined ? [] : [{ stage, ...verdictOf(latest), person: latest.person }];
    }),
  };
}
