import type { Question } from "../src/domain/question.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { MeasuredTrajectory } from "../src/rewards/prepare.ts";
import { judgeTrajectories } from "../src/services/judgeTrajectories.ts";
import { withRunModel } from "./languageModels.ts";
import type { OpenRun } from "./workspace.ts";

/** Trajectories with the verdicts of the run's judge, where it has one. */
export async function judge(
  run: OpenRun,
  trajectories: readonly Trajectory[],
  questions: readonly Question[],
): Promise<MeasuredTrajectory[]> {
  const { judge: configuration } = run.configuration;
  const { tags } = run.environment;
  if (configuration === null) return judgeTrajectories(null, trajectories, questions, tags);
  return withRunModel(run, configuration, (model) => judgeTrajectories(model, trajectories, questions, tags));
}
