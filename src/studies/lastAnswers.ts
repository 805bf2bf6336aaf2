import { existsSync } from "node:fs";
import { join } from "node:path";
import { configurationFile, readConfiguration } from "../curriculum/runFolder.ts";
import { readSampled } from "../report/scoredStep.ts";
import { rightAnswerText } from "../report/rightAnswer.ts";
import { openDataset } from "../tasks/taskRegistry.ts";
import { openRunLog } from "../trajectories/lanceLog.ts";

/** An answer from a run's last updates, with its question as a person reads it. */
export interface LoggedAnswer {
  readonly questionId: string;
  readonly question: string;
  readonly rightAnswer: string;
  /** The response as it was written, tools' answers included. */
  readonly text: string;
  readonly correct: boolean;
}

/** Updates from a run's end that are read. */
const lastUpdates = 10;

/** Graded answers of a run's last updates, to questions of training: what evaluations answered is kept as right or wrong only. Null where the run is not here. */
export async function lastAnswers(root: string, run: string): Promise<LoggedAnswer[] | null> {
  const folder = join(root, run);
  if (!existsSync(join(folder, configurationFile))) return null;
  const configuration = await readConfiguration(folder);
  const dataset = await openDataset(configuration.data);
  const questions = new Map(dataset.training.map((question) => [question.id, question]));
  const log = await openRunLog(folder);
  try {
    const history = await log.history();
    const branch = history.currentBranch;
    const done = history.stepsDone(branch);
    const answers: LoggedAnswer[] = [];
    for (let step = Math.max(0, done - lastUpdates); step < done; step++) {
      for (const { trajectory, score } of await readSampled(log, { branch, step })) {
        const { questionId, text } = trajectory;
        const { correct } = score;
        if (correct === null) continue;
        const question = questions.get(questionId);
        answers.push({
          questionId,
          question: question?.text ?? questionId,
          rightAnswer: rightAnswerText(question),
          text,
          correct,
        });
      }
    }
    return answers;
  } finally {
    log.close();
  }
}
