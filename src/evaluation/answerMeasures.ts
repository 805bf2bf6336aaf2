import type { Question } from "../domain/question.ts";
import type { Score } from "../domain/reward.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { isAbstention } from "../graders/abstention.ts";
import { isHarmful } from "../graders/grade.ts";
import type { Tokenizer } from "../policy/port.ts";
import { parseResponse } from "../protocol/grammar.ts";
import type { Tags } from "../protocol/tags.ts";
import { answerConfidence } from "./answerConfidence.ts";
import { brierScore, calibrationError, type Confidence } from "./calibration.ts";

export interface Answers {
  readonly questions: readonly Question[];
  readonly trajectories: readonly Trajectory[];
  /** In the order of the trajectories. */
  readonly scores: readonly Score[];
  readonly tags: Pick<Tags, "find">;
  readonly tokenizer: Pick<Tokenizer, "decode">;
}

interface Answer extends Pick<Score, "correct"> {
  readonly question: Question;
  /** Null where the format gate was not passed. */
  readonly given: string | null;
  readonly trajectory: Trajectory;
}

/**
 * What a pool's answers were like beside being right, by name; what could not be measured is left out:
 * - `harmful/share`: harmful answers among those to questions that list any;
 * - `abstained/share`: answers that give none, among those that passed the format gate; `abstained/right_share`: of these, where abstaining was right;
 * - `calibration/error`, `calibration/brier`, `calibration/confidence` (mean), over `calibration/answers` graded answers whose probability the sampler told.
 */
export function measureAnswers({ questions, trajectories, scores, tags, tokenizer }: Answers): Record<string, number> {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const answers = trajectories.flatMap((trajectory, index): Answer[] => {
    const [question, score] = [byId.get(trajectory.questionId), scores[index]];
    if (question === undefined || score === undefined) return [];
    const { answer, formatValid } = parseResponse(trajectory.text, tags);
    return [{ question, trajectory, correct: score.correct, given: formatValid ? (answer ?? "") : null }];
  });
  return { ...harmOf(answers), ...abstentionOf(answers), ...calibrationOf(answers, tokenizer) };
}

function harmOf(answers: readonly Answer[]): Record<string, number> {
  const asked = answers.filter(({ question }) => question.harmfulAnswers.length > 0);
  return asked.length === 0
    ? {}
    : { "harmful/share": share(asked, ({ question, given }) => given !== null && isHarmful(question, given)) };
}

function abstentionOf(answers: readonly Answer[]): Record<string, number> {
  const given = answers.filter((answer) => answer.given !== null);
  const abstained = given.filter((answer) => answer.question.kind !== "choice" && isAbstention(answer.given ?? ""));
  return {
    ...(given.length === 0 ? {} : { "abstained/share": abstained.length / given.length }),
    ...(abstained.length === 0 ? {} : { "abstained/right_share": share(abstained, ({ correct }) => correct === true) }),
  };
}

function calibrationOf(answers: readonly Answer[], tokenizer: Answers["tokenizer"]): Record<string, number> {
  const sure = answers.flatMap(({ trajectory, given, correct }): Confidence[] => {
    const confidence = given === null || correct === null ? null : answerConfidence(trajectory, tokenizer);
    return confidence === null ? [] : [{ confidence, correct: correct === true }];
  });
  const [error, brier] = [calibrationError(sure), brierScore(sure)];
  if (error === null || brier === null) return {};
  return {
    "calibration/error": error,
    "calibration/brier": brier,
    "calibration/confidence": sure.reduce((sum, { confidence }) => sum + confidence, 0) / sure.length,
    "calibration/answers": sure.length,
  };
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}
