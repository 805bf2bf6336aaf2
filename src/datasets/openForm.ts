import type { Question } from "../domain/question.ts";

/** A multiple-choice question in its open form, or why it has none. */
export type OpenForm = { readonly question: Question } | { readonly reason: string };

/** Wordings that lean on the options. */
const leansOnOptions: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\b(?:except|least likely|not true|false|incorrect|not correct|does not|is not|are not)\b/i, "asks for the exception among the options"],
  [/\b(?:all|none|both|any)\s+of\s+the\s+(?:above|following|below|options)\b/i, "refers to the options"],
  [/\b(?:following statements?|statements? (?:is|are)|which (?:statement|option)|(?:true|correct) (?:about|regarding|statement))\b/i, "asks to judge statements"],
  [/\b(?:match|arrange|sequence)\b.*\b(?:following|columns?)\b/i, "asks to arrange the options"],
];
const aboutOptions = /\b(?:all|none|both|any)\s+(?:of\s+)?(?:the\s+)?(?:above|these|options)\b|^(?:[A-E](?:\s*(?:and|&|,)\s*[A-E])+|all|none|both)\.?$/i;

/**
 * Judges by rules whether a multiple-choice question can be asked openly (METHOD §5), and asks it so: the right option's
 * text becomes the answer, "which of the following" becomes "which".
 */
export function toOpenForm(question: Question): OpenForm {
  const right = question.options.find(({ label }) => label === question.answer);
  if (question.kind !== "choice" || right === undefined) return { reason: "is not a multiple-choice question" };
  const leaning = leansOnOptions.find(([pattern]) => pattern.test(question.text));
  if (leaning !== undefined) return { reason: leaning[1] };
  if (question.options.some(({ text }) => aboutOptions.test(text.trim()))) return { reason: "an option refers to other options" };
  if (question.options.filter(({ text }) => text.trim().toLowerCase() === right.text.trim().toLowerCase()).length > 1) return { reason: "two options have the right text" };
  return {
    question: {
      ...question,
      id: `${question.id}-open`,
      kind: "open",
      text: question.text.replace(/\b(which|what)(?: one)? of the following\b/gi, "$1"),
      options: [],
      answer: right.text,
      references: question.references.map((reference) => ({ ...reference, answer: right.text })),
    },
  };
}
