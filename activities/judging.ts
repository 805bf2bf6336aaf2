import { join } from "node:path";
import type { Question } from "../src/domain/question.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { MeasuredTrajectory } from "../src/rewards/prepare.ts";
import { openAnswerCache } from "../src/services/answerCache.ts";
import type { LanguageModelConfiguration } from "../src/services/configuration.ts";
import { judgeTrajectories } from "../src/services/judgeTrajectories.ts";
import { LanguageModelRefusedError, openLanguageModel, type LanguageModel } from "../src/services/languageModel.ts";
import { messageOf, needsPerson } from "./failures.ts";
import type { OpenRun } from "./workspace.ts";

/** Models that this process has open, by their configuration; their answers are kept in the run's database. */
const models = new WeakMap<LanguageModelConfiguration, Promise<LanguageModel>>();

/** Trajectories with the verdicts of the run's judge, where it has one. What no retry helps (a wrong key) needs a person. */
export async function judge({ configuration, folder }: OpenRun, trajectories: readonly Trajectory[], questions: readonly Question[]): Promise<MeasuredTrajectory[]> {
  const model = configuration.judge === null ? null : await modelOf(configuration.judge, folder);
  return judgeTrajectories(model, trajectories, questions).catch(explain);
}

function modelOf(configuration: LanguageModelConfiguration, folder: string): Promise<LanguageModel> {
  const opening = models.get(configuration) ?? openAnswerCache(join(folder, "lance")).then((cache) => openLanguageModel(configuration, cache)).catch(explain);
  models.set(configuration, opening);
  opening.catch(() => models.delete(configuration));
  return opening;
}

function explain(error: unknown): never {
  throw error instanceof LanguageModelRefusedError ? needsPerson(messageOf(error)) : error;
}
