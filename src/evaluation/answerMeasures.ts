import type { Question } from "../domain/question.ts";
import type { Score } from "../domain/reward.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { mapRestfully } from "../eventLoop/rest.ts";
import { isAbstention } from "../graders/abstention.ts";
import { isHarmful } from "../graders/grade.ts";
import type { Tokenizer } from "../policy/port.ts";
import { meanOfScored } from "../rewards/rewardDefinition.ts";
import { parseResponse } from "../protocol/grammar.ts";
import type { Tags } from "../protocol/tags.ts";
import { answerConfidence } from "./answerConfidence.ts";
import { brierScore, calibrationError, type Confidence } from "./calibration.ts";

export interface Answers {
  readonly questions: readonly Question[];
  readonly trajectories: readonly Trajectory[];
  /** Scores in the order of the trajectories. */
  readonly scores: readonly Score[];
  readonly tags: Pick<Tags, "find">;
  readonly tokenizer: Pick<Tokenizer, "decode">;
}

interface Answer extends Pick<Score, "correct"> {
  readonly question: Question;
  /** Null where the format gate was not passed. */
  readonly given: string | null;
  readonly harmful: boolean;
  readonly abstained: boolean;
  /** The probability that the sampler gave the answer; null where it told none, or nothing was graded. */
  readonly confidence: number | null;
}

/**
 * What a pool's answers were like beside being right, by name; what could not be measured is left out:
 * - `harmful/share`: harmful answers among those to questions that list any;
 * - `abstained/share`: answers that give none, among those that passed the format gate; `abstained/right_share`: of these, where abstaining was right;
 * - `calibration/error`, `calibration/brier`, `calibration/confidence` (mean), over `calibration/answers` graded answers whose probability the sampler told.
 * - `retrieval/own_recall`: share of a question's gold documents that the answer's own searches found, mean over the answers that passed the format gate and whose
 *   question names documents: an answer that fails the gate has no reward of retrieval.
 * Yields to the event loop: there may be thousands of answers.
 */
export async function measureAnswers(all: Answers): Promise<Record<string, number>> {
  const byId = new Map(all.questions.map((question) => [question.id, question]));
  const read = await mapRestfully(all.trajectories, (trajectory, index): Answer[] => {
    const [question, score] = [byId.get(trajectory.questionId), all.scores[index]];
    return question === undefined || score === undefined ? [] : [readAnswer(question, trajectory, score, all)];
  });
  const answers = read.flat();
  return { ...harmOf(answers), ...abstentionOf(answers), ...calibrationOf(answers), ...ownRecallOf(all.scores) };
}

function readAnswer(
  question: Question,
  trajectory: Trajectory,
  { correct }: Score,
  { tags, tokenizer }: Pick<Answers, "tags" | "tokenizer">,
): Answer {
  const { answer, formatValid } = parseResponse(trajectory.text, tags);
  const given = formatValid ? (answer ?? "") : null;
  return {
    question,
    correct,
    given,
    harmful: given !== null && isHarmful(question, given),
    abstained: given !== null && question.kind !== "choice" && isAbstention(given),
    confidence: given === null || correct === null ? null : answerConfidence(trajectory, tokenizer),
  };
}

function harmOf(answers: readonly Answer[]): Record<string, number> {
  const asked = answers.filter(({ question }) => question.harmfulAnswers.length > 0);
  return asked.length === 0 ? {} : { "harmful/share": share(asked, ({ harmful }) => harmful) };
}

function abstentionOf(answers: readonly Answer[]): Record<string, number> {
  const given = answers.filter((answer) => answer.given !== null);
  const abstained = given.filter((answer) => answer.abstained);
  return {
    ...(given.length === 0 ? {} : { "abstained/share": abstained.length / given.length }),
    ...(abstained.length === 0 ? {} : { "abstained/right_share": share(abstained, ({ correct }) => correct === true) }),
  };
}

function calibrationOf(answers: readonly Answer[]): Record<string, number> {
  const sure = answers.flatMap(({ confidence, correct }): Confidence[] =>
    confidence === null ? [] : [{ confidence, correct: correct === true }],
  );
  const [error, brier] = [calibrationError(sure), brierScore(sure)];
  if (error === null || brier === null) return {};
  return {
    "calibration/error": error,
    "calibration/brier": brier,
    "calibration/confidence": sure.reduce((sum, { confidence }) => sum + confidence, 0) / sure.length,
    "calibration/answers": sure.length,
  };
}

function ownRecallOf(scores: readonly Score[]): Record<string, number> {
  const recall = meanOfScored(scores.map(({ values }) => values["retrievalRecall"] ?? null));
  return recall === null ? {} : { "retrieval/own_recall": recall };
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}
