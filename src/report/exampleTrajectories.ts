import type { Dataset } from "../domain/dataset.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { IterationRecord } from "../trajectories/records.ts";
import type { Example } from "./runReport.ts";
import { readSampled } from "./scoredStep.ts";
import { rightAnswerText } from "./rightAnswer.ts";

/** Trajectories shown from each end of an iteration's rewards. */
const fromEachEnd = 2;

/** The worst and the best of the first and the last iteration of each stage. */
export async function chooseExamples(
  log: RunLog,
  branch: string,
  iterations: readonly (IterationRecord & Pick<Example, "stageName">)[],
  dataset: Dataset,
): Promise<Example[]> {
  const questions = new Map(dataset.training.map((question) => [question.id, question]));
  const examples: Example[] = [];
  for (const { step, stageName } of stageEnds(iterations)) {
    const scored = (await readSampled(log, { branch, step })).toSorted((a, b) => a.score.total - b.score.total);
    const chosen =
      scored.length <= 2 * fromEachEnd ? scored : [...scored.slice(0, fromEachEnd), ...scored.slice(-fromEachEnd)];
    for (const { trajectory, score } of chosen) {
      const question = questions.get(trajectory.questionId);
      examples.push({
        stageName,
        questionText: question?.text ?? trajectory.questionId,
        rightAnswer: rightAnswerText(question),
        trajectory,
        score,
      });
    }
  }
  return examples;
}

function stageEnds<Row extends IterationRecord>(iterations: readonly Row[]): Row[] {
  return iterations.filter(
    (row, index) => row.stage !== iterations[index - 1]?.stage || row.stage !== iterations[index + 1]?.stage,
  );
}
