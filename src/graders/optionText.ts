import type { AnswerOption } from "../domain/question.ts";
import { normaliseAnswer, sameLetters, sameWording } from "./normalise.ts";
import { undecorated } from "./undecorated.ts";

/** The option of this wording; where several differ in case or punctuation alone, only an exact wording decides. */
export function optionOfText(text: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact = options.filter((option) => sameWording(option.text, text));
  if (exact.length > 0) return onlyOne(exact);
  const caseless = onlyOne(options.filter((option) => sameLetters(option.text, text)));
  if (caseless !== null) return caseless;
  const normalised = normaliseAnswer(text);
  return normalised === "" ? null : onlyOne(options.filter((option) => normaliseAnswer(option.text) === normalised));
}

/** Whether a text is the option's. */
export function hasText({ text: own }: AnswerOption, text: string): boolean {
  const normalised = normaliseAnswer(text);
  return sameLetters(own, text) || (normalised !== "" && normaliseAnswer(own) === normalised);
}

/**
 * What follows the option's text at the start of a remark, "…" standing for the text: letters in it are no labels. Null where the remark
 * begins otherwise, or with the longer text of another option.
 */
export function behindText(remark: string, chosen: AnswerOption, options: readonly AnswerOption[]): string | null {
  const [longest] = options
    .filter((option) => begins(remark, ownText(option)))
    .toSorted((a, b) => ownText(b).length - ownText(a).length);
  return longest === chosen ? `…${remark.slice(ownText(chosen).length)}` : null;
}

function ownText({ text }: AnswerOption): string {
  return undecorated(text)
    .normalize("NFKC")
    .replace(/[.。]$/u, "");
}

function begins(remark: string, text: string): boolean {
  return (
    text !== "" &&
    remark.slice(0, text.length).toLowerCase() === text.toLowerCase() &&
    !/^(?!\p{Script=Han})[\p{L}\p{N}]/u.test(remark.slice(text.length))
  );
}

/** The only one of a list, null where there are several or none. */
export function onlyOne(options: readonly AnswerOption[]): AnswerOption | null {
  return options.length === 1 ? (options[0] ?? null) : null;
}
