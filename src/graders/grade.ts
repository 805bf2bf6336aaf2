import type { Question } from "../domain/question.ts";
import { chosenOption } from "./choice.ts";
import { normaliseAnswer, sameLetters, sameWording } from "./normalise.ts";
import { withoutPhrases } from "./answerPhrases.ts";
import { longestAnswer, undecorated } from "./undecorated.ts";
import type { Verdict } from "./verdict.ts";

/** Grades an answer by exact and normalised matching alone, without a judge. A harmful answer is never partly right. */
export function gradeAnswer(question: Question, answer: string): Verdict {
  if (question.kind === "choice") return isRightOption(question, answer) ? 2 : 0;
  if (isOneOf(answer, [question.answer, ...question.acceptedAnswers])) return 2;
  return isOneOf(answer, question.partialAnswers) && !isHarmful(question, answer) ? 1 : 0;
}

/** Options may share a text; then the right one's text is right. */
function isRightOption({ options, answer: right }: Question, answer: string): boolean {
  const chosen = chosenOption(answer, options);
  if (chosen !== null) return chosen.label === right;
  return options.some(
    ({ label, text }) =>
      label === right &&
      (sameWording(text, answer) || sameWording(withoutPhrases(text), wordings(answer).at(-1) ?? "")),
  );
}

/** Whether an answer is one that the question lists as harmful. */
export function isHarmful(question: Question, answer: string): boolean {
  return isOneOf(answer, question.harmfulAnswers);
}

function isOneOf(answer: string, keys: readonly string[]): boolean {
  if (keys.length === 0) return false;
  const normalised = readings(answer);
  const said = wordings(answer);
  return keys.some(
    (key) => normalised.includes(normaliseAnswer(key)) || said.some((one) => one !== "" && sameLetters(one, key)),
  );
}

/** What an answer may say, normalised: as it stands, and without what marks it up or introduces it. */
export function readings(answer: string): string[] {
  return wordings(answer)
    .map(normaliseAnswer)
    .filter((reading) => reading !== "");
}

/** An answer as it stands, and without what marks it up or introduces it. */
function wordings(answer: string): string[] {
  return answer.length > longestAnswer ? [answer] : [answer, withoutPhrases(undecorated(answer))];
}
