import type { Question } from "../domain/question.ts";

/** The right answer as a person reads it: a choice's text with its label, and all the options that there were. */
export function rightAnswerText(question: Question | undefined): string {
  if (question === undefined) return "not known";
  const { answer, acceptedAnswers, options } = question;
  const right = options.find(({ label }) => label === answer);
  if (right === undefined)
    return acceptedAnswers.length === 0 ? answer : `${answer} (also ${acceptedAnswers.join("; ")})`;
  return `${right.label}. ${right.text} (of ${options.map(({ label, text }) => `${label}. ${text}`).join("; ")})`;
}
