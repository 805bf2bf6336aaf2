import type { AnswerOption } from "../domain/question.ts";
import { normaliseAnswer, sameWording } from "./normalise.ts";

/**
 * The option that an answer names, by label ("B", "(B)", "option b", "B. ceftriaxone") or by its text; null when it
 * names none, several, or a label beside another option's text. An exact label or text goes before any other reading.
 */
export function chosenOption(answer: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact = options.find(({ label }) => label === answer.trim()) ?? onlyOne(options.filter(({ text }) => sameWording(text, answer)));
  if (exact !== null) return exact;
  const named = readLabel(answer, options);
  if (named !== null && named.rest === "") return named.option;
  const byText = optionOfText(answer, options);
  if (byText !== null || named === null) return byText;
  const other = optionOfText(named.rest, options);
  return other === null || other === named.option ? named.option : null;
}

/** A label at the answer's start, alone or set off from what follows by a mark. */
function readLabel(answer: string, options: readonly AnswerOption[]): { readonly option: AnswerOption; readonly rest: string } | null {
  const wording = answer.normalize("NFKC").trim();
  const introduced = wording.replace(/^(?:(?:the\s+)?(?:final\s+|correct\s+)?(?:answer|option|choice)\s*(?:is|:)?\s*)+/iu, "");
  const match = /^[("'[]*([\p{L}\p{N}]+)["')\].:]*(?:$|(?<=[)\].:])\s*(.*)$)/su.exec(introduced);
  if (match === null) return null;
  const option = options.find(({ label }) => label.toLowerCase() === match[1]?.toLowerCase());
  return option === undefined ? null : { option, rest: (match[2] ?? "").trim() };
}

/** The option of this wording; where several differ in case or punctuation alone, only an exact wording decides. */
function optionOfText(text: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact = options.filter((option) => sameWording(option.text, text));
  if (exact.length > 0) return onlyOne(exact);
  const normalised = normaliseAnswer(text);
  return onlyOne(options.filter((option) => normaliseAnswer(option.text) === normalised));
}

function onlyOne(options: readonly AnswerOption[]): AnswerOption | null {
  return options.length === 1 ? (options[0] ?? null) : null;
}
