import type { Question } from "../../domain/question.ts";
import { findContamination } from "../../benchmarks/contamination.ts";
import type { Contamination } from "../../benchmarks/contamination.ts";
import { accuracyOf, breakdown, majorityVote, passAtK } from "./accuracy.ts";
import type { Accuracy, Graded } from "./accuracy.ts";

/** A graded answer with what was answered, in a form that equal answers share; null when nothing was. */
export interface GradedAnswer extends Graded {
  readonly given: string | null;
}

/** Tags that accuracy is broken down by. */
export const breakdownTags = ["subject", "specialty", "step", "questionType", "task"] as const;

export interface SummaryInput {
  readonly answers: readonly GradedAnswer[];
  /** The questions that were asked. */
  readonly questions: readonly Question[];
  /** The questions that the policy was trained on. */
  readonly training: readonly Question[];
  /** Number of samples of each question. */
  readonly samples: number;
}

/**
 * Figures of a benchmark by name: `accuracy` and `accuracy/stderr` (over questions), `questions`, with several samples
 * `pass@k` and `majority`, `contamination/same` and `contamination/near` (questions that training gives away, see findContamination) with
 * `accuracy/uncontaminated`, and `by/<tag>/<value>/accuracy`, `…/stderr`, `…/questions`.
 */
export function summariseAnswers({ answers, questions, training, samples }: SummaryInput): Record<string, number> {
  const given = findContamination(training, questions);
  const contaminated = new Set(given.map(({ evaluationId }) => evaluationId));
  const count = (kind: Contamination["kind"]): number => given.filter((one) => one.kind === kind).length;
  return {
    ...figures("", accuracyOf(answers)),
    ...severalSamples(answers, samples),
    "contamination/same": count("same"),
    "contamination/near": count("near"),
    ...uncontaminated(answers, contaminated),
    ...breakdowns(answers, questions),
  };
}

/** Accuracy on the questions that training does not give away; none where it gives none away, or all. */
function uncontaminated(answers: readonly GradedAnswer[], contaminated: ReadonlySet<string>): Record<string, number> {
  if (contaminated.size === 0) return {};
  const accuracy = accuracyOf(answers.filter(({ questionId }) => !contaminated.has(questionId)))?.accuracy;
  return accuracy === undefined ? {} : { "accuracy/uncontaminated": accuracy };
}

/** pass@k needs the same number of samples of each question: those that lack one are left out. */
function severalSamples(answers: readonly GradedAnswer[], samples: number): Record<string, number> {
  if (samples === 1) return {};
  const groups = new Map<string, GradedAnswer[]>();
  for (const answer of answers) groups.set(answer.questionId, [...(groups.get(answer.questionId) ?? []), answer]);
  const whole = [...groups.values()].filter((group) => group.length === samples);
  const ks = [...powersOfTwo(samples), samples];
  const passes = ks.map((k) => [`pass@${k}`, passAtK(whole.flat(), k)] as const);
  const votes = [...groups].map(([questionId, group]) => {
    const vote = majorityVote(group.map(({ given }) => given));
    return { questionId, correct: vote !== null && group.some((one) => one.given === vote && one.correct) };
  });
  const majority = accuracyOf(votes);
  return Object.fromEntries(
    [...passes, ["majority", majority?.accuracy ?? null] as const].flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  );
}

function powersOfTwo(below: number): number[] {
  return Array.from({ length: Math.ceil(Math.log2(below)) }, (_, power) => 2 ** power);
}

function breakdowns(answers: readonly GradedAnswer[], questions: readonly Question[]): Record<string, number> {
  const tags = new Map(questions.map((question) => [question.id, question.tags]));
  return Object.assign(
    {},
    ...breakdownTags.flatMap((tag) =>
      [...breakdown(answers, ({ questionId }) => tags.get(questionId)?.[tag])].map(([value, accuracy]) =>
        figures(`by/${tag}/${value}/`, accuracy),
      ),
    ),
  ) as Record<string, number>;
}

function figures(prefix: string, accuracy: Accuracy | null): Record<string, number> {
  if (accuracy === null) return { [`${prefix}questions`]: 0 };
  const stderr = prefix === "" ? "accuracy/stderr" : `${prefix}stderr`;
  return {
    [`${prefix}accuracy`]: accuracy.accuracy,
    ...(accuracy.standardError === null ? {} : { [stderr]: accuracy.standardError }),
    [`${prefix}questions`]: accuracy.questions,
  };
}
