import type { Question } from "../domain/question.ts";
import { leaningOption } from "./leaningOptions.ts";
import { leaningText, withoutFollowing } from "./leaningText.ts";

/** A multiple-choice question in its open form, or why it has none. */
export type OpenForm = { readonly question: Question } | { readonly reason: string };

/**
 * Judges by rules whether a multiple-choice question can be asked openly (docs/method.md#data), and asks it so: the right option's
 * text becomes the answer, "which of the following" becomes "which".
 */
export function toOpenForm(question: Question): OpenForm {
  const right = question.options.find(({ label }) => label === question.answer);
  if (question.kind !== "choice" || right === undefined) return { reason: "is not a multiple-choice question" };
  const reason = leaningText(question.text) ?? leaningOption(question.options, right);
  if (reason !== null) return { reason };
  return {
    question: {
      ...question,
      id: `${question.id}-open`,
      kind: "open",
      text: withoutFollowing(question.text),
      options: [],
      answer: right.text,
      references: question.references.map((reference) => ({ ...reference, answer: right.text })),
    },
  };
}
