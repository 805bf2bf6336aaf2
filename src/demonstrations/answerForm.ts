import type { Question } from "../domain/question.ts";

/**
 * How demonstrations write the right answer: "yes", "no" and "maybe" where all questions have the same options, which are soon known by
 * heart; else an option's label; the answer itself where there are no options.
 */
export function answerForm(questions: readonly Pick<Question, "options">[]): (question: Question) => string {
  const same = alwaysSameOptions(questions);
  return ({ options, answer }) => {
    const right = options.find(({ label }) => label === answer);
    return right === undefined ? answer : same ? right.text : right.label;
  };
}

/** Whether all questions have the same options. */
export function alwaysSameOptions(questions: readonly Pick<Question, "options">[]): boolean {
  return new Set(questions.map(({ options }) => options.map(({ text }) => text).join("\n"))).size === 1;
}
