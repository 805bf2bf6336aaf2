import type { Dataset } from "../domain/dataset.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { IterationRecord } from "../trajectories/records.ts";
import type { AuditedReward, AuditFinding } from "./runReport.ts";
import { readSampled } from "./scoredStep.ts";
import { chooseByReward, toExample, type ScoredTrajectory } from "./trajectoryRows.ts";

/** Trajectories shown of each finding. */
const ofEach = 2;

/**
 * Examples for each finding. Of a reward that rose: answers that are not right and have the most of it. Of one that
 * fell: right answers that have the least.
 */
export async function auditExamples(
  log: RunLog,
  branch: string,
  iterations: readonly IterationRecord[],
  findings: readonly AuditFinding[],
  dataset: Dataset,
): Promise<AuditedReward[]> {
  const audited: AuditedReward[] = [];
  for (const finding of findings) {
    const last = iterations.findLast(({ stage }) => stage === finding.stage);
    const scored = last === undefined ? [] : await readSampled(log, { branch, step: last.step });
    const rows = scored.map((one) => ({ stageName: finding.stageName, ...one }));
    audited.push({ ...finding, examples: showing(finding, rows).map((row) => toExample(row, dataset)) });
  }
  return audited;
}

export function showing({ reward, moved }: AuditFinding, rows: readonly ScoredTrajectory[]): ScoredTrajectory[] {
  const against = rows.filter(({ score }) => score.correct === moved < 0);
  return chooseByReward(against, reward, moved > 0 ? "best" : "worst", ofEach);
}
