import type { AnswerOption } from "../domain/question.ts";
import { sameWording } from "./normalise.ts";
import { withoutPhrases } from "./answerPhrases.ts";
import { withoutContrast } from "./contrast.ts";
import { namesAnother } from "./furtherLabel.ts";
import { behindText, hasText, onlyOne, optionOfText } from "./optionText.ts";
import { longestAnswer, undecorated } from "./undecorated.ts";

/**
 * The option that an answer names, by label ("B", "(B)", "**B**", "\boxed{B}", "option b", "答案是B"), by its text, or by both
 * ("B. ceftriaxone", "ceftriaxone (B)"). Null when it names none, several, or a label beside another option's text. A label or a text
 * as it stands goes before any other reading, in the answer, without what marks it up, and without what introduces it.
 */
export function chosenOption(answer: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact = asItStands(answer, options);
  if (exact !== null || answer.length > longestAnswer) return exact;
  const plain = undecorated(answer);
  const bare = asItStands(plain, options) ?? labelAlone(plain, options);
  if (bare !== null) return bare;
  if (labelsAnotherText(plain, options)) return null;
  const said = withoutPhrases(withoutContrast(withoutPhrases(plain.normalize("NFKC")), options));
  return (
    labelAlone(said, options) ??
    asItStands(said, options) ??
    optionOfText(plain, options) ??
    labelBefore(said, options) ??
    labelBehind(plain.normalize("NFKC"), options) ??
    labelBehind(said, options) ??
    optionOfText(said, options) ??
    onlyOne(options.filter(({ text }) => sameWording(withoutPhrases(text), said)))
  );
}

/** The option of this label or this text, letter for letter. */
function asItStands(answer: string, options: readonly AnswerOption[]): AnswerOption | null {
  return (
    options.find(({ label }) => label === answer.trim()) ??
    onlyOne(options.filter(({ text }) => sameWording(text, answer)))
  );
}

/** A label with nothing but marks around it, letter for letter: it goes before a text that differs from it in case. */
function labelAlone(said: string, options: readonly AnswerOption[]): AnswerOption | null {
  const bare = said.normalize("NFKC").replace(/^(?:[\s([{【〔"']|<(?!\s*\d))+|[\s"')\]}>】〕.。:]+$/gu, "");
  return options.find(({ label }) => label.normalize("NFKC") === bare) ?? null;
}

/** Whether a marked label stands before another option's text. A dash at a number is its sign. */
export function labelsAnotherText(plain: string, options: readonly AnswerOption[]): boolean {
  const match = /^[([{<【〔"']*(?<label>\p{L})\s*(?:["')\]}>】〕.:,;、]|[–—-](?!\d))+\s*(?<rest>\S.*)$/su.exec(
    withoutPhrases(plain.normalize("NFKC")),
  );
  const option = labelled(match?.groups?.["label"], options);
  const other = option === null ? null : optionOfText(match?.groups?.["rest"] ?? "", options);
  return other !== null && other !== option;
}

/** A label at the start: alone, set off from a remark that names no other option, or before its own text. */
function labelBefore(said: string, options: readonly AnswerOption[]): AnswerOption | null {
  const match =
    /^(?:[([{【〔"']|<(?!\s*\d))*([\p{L}\p{N}]+?)(?![\p{Script=Latin}\p{N}]|(?<=\d)[.,:/]\d)(?<mark>["')\]}>】〕.:]*)\s*(?<rest>.*)$/su.exec(
      said,
    );
  const option = labelled(match?.[1], options);
  const { mark = "", rest = "" } = match?.groups ?? {};
  if (option === null) return null;
  if (hasText(option, rest)) return option;
  const isSigned = /^[-–—]\d/u.test(rest);
  if (isSigned && optionOfText(rest, options) !== null) return null;
  const remark = rest.replace(/^(?:[-–—=,;|:、/]\s*)+/u, "");
  if (remark === "" || hasText(option, remark)) return option;
  const unbracketed = remark.replace(/^["'“([]+/u, "");
  const explanation = behindText(rest, option, options) ?? behindText(unbracketed, option, options);
  const setOff =
    explanation !== null ||
    /[)\].:]/.test(mark) ||
    /^[,;(–—-]?\s*(?:because|since|as|due to)\s/iu.test(rest) ||
    /^[,;(、]?\s*(?:因为|因為|由于|由於)/u.test(rest) ||
    /^\(?(?:explanation|reason(?:ing)?|rationale|justification|解析|解释|解釋|理由)\s*:/iu.test(rest);
  if (!setOff || namesAnother(explanation ?? rest, option, options)) return null;
  const other = optionOfText(remark, options);
  return other === null || other === option ? option : null;
}

/** A label behind its own text: "ceftriaxone (B)", "ceftriaxone: option B". */
function labelBehind(said: string, options: readonly AnswerOption[]): AnswerOption | null {
  const match =
    /^(?<text>.+?)\s*(?:[([{【]\s*|[-–—,:]\s*|\s)(?:option|choice|answer|选项|選項)?\s*(?<label>[\p{L}\p{N}]+)\s*[)\]}】]?$/isu.exec(
      said,
    );
  const option = labelled(match?.groups?.["label"], options);
  const text = match?.groups?.["text"] ?? "";
  return option !== null && (hasText(option, text) || hasText(option, withoutPhrases(text))) ? option : null;
}

function labelled(label: string | undefined, options: readonly AnswerOption[]): AnswerOption | null {
  return options.find((option) => option.label.normalize("NFKC").toLowerCase() === label?.toLowerCase()) ?? null;
}
