import type { Question } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { parseResponse } from "../protocol/grammar.ts";
import type { Tags } from "../protocol/tags.ts";
import type { MeasuredTrajectory } from "../rewards/prepare.ts";
import { judgeAnswers } from "./judge.ts";
import type { LanguageModel } from "./languageModel.ts";

/** Trajectories with a judge's verdict where matching does not decide; without a judge they stay as they are. */
export async function judgeTrajectories(
  judge: LanguageModel | null,
  trajectories: readonly Trajectory[],
  questions: readonly Question[],
  tags: Tags,
): Promise<MeasuredTrajectory[]> {
  if (judge === null) return trajectories.map((trajectory) => ({ trajectory }));
  const byId = new Map(questions.map((question) => [question.id, question]));
  const answers = trajectories.map(({ questionId, text }) => {
    const question = byId.get(questionId);
    if (question === undefined)
      throw new Error(`a trajectory answers question "${questionId}", which is not among those given`);
    const { formatValid, answer } = parseResponse(text, tags);
    // Nothing is asked about a response that fails the format gate: its answer is not scored.
    return { question, answer: formatValid ? (answer ?? "") : "" };
  });
  const verdicts = await judgeAnswers(judge, answers);
  return trajectories.map((trajectory, index) => {
    const judgement = verdicts[index];
    return judgement === undefined ? { trajectory } : { trajectory, judgement };
  });
}
