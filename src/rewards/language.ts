import { foldText } from "../domain/text/fold.ts";
import type { PenaltyDefinition } from "./rewardDefinition.ts";

/** Windows of 200 characters (code points) that do not overlap; the last may be shorter. */
const windowPattern = /[\s\S]{1,200}/gu;
const chinese = /\p{Script=Han}/u;
/** Shorter runs of letters are labels and units, which belong to no language. */
const word = /\p{Script=Han}|\p{L}{3}/u;

/**
 * Penalty: share of 200-character windows of thinking and of answer whose language is not the question's, told by
 * whether they contain Chinese (docs/method.md#rewards). Windows without words are left out, and so is an answer in the words of the
 * question's own options: "HBsAg" answers a Chinese question in its language.
 */
export const language: PenaltyDefinition = {
  name: "penalty/language",
  range: [0, 1],
  setting: "language",
  needs: [],
  nullMeans: "never",
  score: ({ question, response }) => {
    const asked = chinese.test(question.text);
    const answer = response.answer ?? "";
    const asOption = question.options.some(({ label, text }) =>
      [text, `${label}. ${text}`, `${label}．${text}`].some((form) => foldText(form) === foldText(answer.trim())),
    );
    const windows = [response.thinking, asOption ? "" : answer]
      .flatMap((text) => text.match(windowPattern) ?? [])
      .filter((text) => word.test(text));
    if (windows.length === 0) return 0;
    return windows.filter((text) => chinese.test(text) !== asked).length / windows.length;
  },
};
