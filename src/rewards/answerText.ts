import { chosenOption } from "../graders/choice.ts";
import type { ScoringSubject } from "./subject.ts";

/** What the answer says in words: an option's text where the answer names one. */
export function answerText({ question, response }: Pick<ScoringSubject, "question" | "response">): string {
  const given = response.answer ?? "";
  return chosenOption(given, question.options)?.text ?? given;
}
