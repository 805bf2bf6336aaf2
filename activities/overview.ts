import type { RunConfiguration } from "../src/curriculum/configuration.ts";
import { stageIterations, stages } from "../src/curriculum/position.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import { verdictOf } from "./gates.ts";
import type { CheckpointSummary, GateSummary, RunOverview } from "./runs.ts";

/** Enough to choose from beside the base and stage ends; older ones are in the log. */
const shownCheckpoints = 20;

/** What a person wants to see of a run beside its next task. */
export function summariseHistory(history: RunHistory, configuration: RunConfiguration): Omit<RunOverview, "task"> {
  const branch = history.currentBranch;
  const step = history.stepsDone(branch);
  const gates = history.gates(branch);
  const labels = new Map<number, string>([[0, "base"], ...gates.map((gate): [number, string] => [gate.end.step, `after stage ${gate.stage}`])]);
  const checkpoints = history.checkpoints({ branch, step }).filter((checkpoint, index) => labels.has(checkpoint.step) || index < shownCheckpoints).toReversed();
  return {
    iterationsDone: step,
    iterationsTotal: stages.reduce((sum, stage) => sum + stageIterations(history, configuration, stage), 0),
    checkpoints: checkpoints.map((checkpoint): CheckpointSummary => ({ branch: checkpoint.branch, step: checkpoint.step, label: labels.get(checkpoint.step) ?? null })),
    gates: stages.flatMap((stage): GateSummary[] => {
      const latest = gates.findLast((gate) => gate.stage === stage);
      return latest === undefined ? [] : [{ stage, ...verdictOf(latest), person: latest.person }];
    }),
  };
}
