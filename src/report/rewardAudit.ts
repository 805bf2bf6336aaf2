import { drift } from "../rewards/health.ts";
import type { Audit, AuditFinding, IterationMetrics } from "./runReport.ts";

const prefix = "reward/";
/** What moves by less is taken as standing still; both are between 0 and 1. */
const still = 0.05;

/** Goes through all parts of the reward, stage by stage. */
export function auditRewards(iterations: readonly IterationMetrics[]): Audit<AuditFinding> {
  const stages = [...new Set(iterations.map(({ stage }) => stage))].flatMap((stage) => {
    const own = iterations.filter((row) => row.stage === stage);
    // A stage that learns demonstrations has no rewards to audit.
    if (rewardsOf(own).length === 0) return [];
    const series = (metric: string): number[] => own.flatMap(({ metrics }) => metrics[metric] ?? []);
    return [{ stage, stageName: own[0]?.stageName ?? "", own, series, accuracyMoved: drift(series("accuracy")) }];
  });
  return {
    tooShort: stages.filter(({ accuracyMoved }) => accuracyMoved === null).map(({ stageName }) => stageName),
    findings: stages.flatMap(({ stage, stageName, own, series, accuracyMoved }) =>
      accuracyMoved === null
        ? []
        : rewardsOf(own).flatMap((reward) => {
            const moved = drift(series(`${prefix}${reward}`));
            return moved === null || !movedAlone(moved, accuracyMoved)
              ? []
              : [{ stage, stageName, reward, moved, accuracyMoved }];
          }),
    ),
  };
}

/** It moved, and accuracy stood still or went the other way. */
function movedAlone(moved: number, accuracyMoved: number): boolean {
  return Math.abs(moved) > still && (Math.abs(accuracyMoved) <= still || moved * accuracyMoved < 0);
}

function rewardsOf(iterations: readonly IterationMetrics[]): string[] {
  const names = iterations.flatMap(({ metrics }) => Object.keys(metrics).filter((name) => name.startsWith(prefix)));
  return [...new Set(names)].map((name) => name.slice(prefix.length));
}
