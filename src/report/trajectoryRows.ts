import type { Dataset } from "../domain/dataset.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { Example } from "./runReport.ts";
import { rightAnswerText } from "./rightAnswer.ts";
import { scoredOf, type Scored } from "./scoredStep.ts";
import { stageNamer } from "./stageEnds.ts";

/** A trajectory of a run with what it earned. */
export interface ScoredTrajectory extends Scored {
  readonly stageName: string;
}

/** All trajectories that were learnt from on the current branch's ancestry, in order. */
export async function readScoredTrajectories(log: RunLog): Promise<ScoredTrajectory[]> {
  const history = await log.history();
  const branch = history.currentBranch;
  const nameOf = stageNamer(history);
  const rows: ScoredTrajectory[] = [];
  for (let step = 0; step < history.stepsDone(branch); step++) {
    const scored = scoredOf(await log.readStep({ branch, step }));
    rows.push(...scored.map((one) => ({ stageName: nameOf(one.trajectory.stage), ...one })));
  }
  return rows;
}

/** Value of a reward by name; "total" is the total. Null where it was not scored. */
export function rewardOf({ score }: ScoredTrajectory, reward: string): number | null {
  return reward === "total" ? score.total : (score.values[reward] ?? null);
}

/** The `limit` trajectories with the lowest (or highest) value of a reward; those without a value are left out. */
export function chooseByReward(
  rows: readonly ScoredTrajectory[],
  reward: string,
  end: "worst" | "best",
  limit: number,
): ScoredTrajectory[] {
  const scored = rows.flatMap((row) => {
    const value = rewardOf(row, reward);
    return value === null ? [] : [{ row, value }];
  });
  const sorted = scored.toSorted((a, b) => (end === "worst" ? a.value - b.value : b.value - a.value));
  return sorted.slice(0, limit).map(({ row }) => row);
}

/** A trajectory with its question's words. */
export function toExample(
  { stageName, trajectory, score }: ScoredTrajectory,
  dataset: Pick<Dataset, "training">,
): Example {
  const question = dataset.training.find(({ id }) => id === trajectory.questionId);
  return {
    stageName,
    questionText: question?.text ?? trajectory.questionId,
    rightAnswer: rightAnswerText(question),
    trajectory,
    score,
  };
}
