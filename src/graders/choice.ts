import type { AnswerOption } from "../domain/question.ts";
import { normaliseAnswer, sameWording } from "./normalise.ts";
import { withoutPhrases } from "./answerPhrases.ts";
import { withoutContrast } from "./contrast.ts";
import { longestAnswer, undecorated } from "./undecorated.ts";

/**
 * The option that an answer names, by label ("B", "(B)", "**B**", "\boxed{B}", "option b", "答案是B"), by its text, or by both
 * ("B. ceftriaxone", "ceftriaxone (B)"). Null when it names none, several, or a label beside another option's text. The text of
 * an option as it stands, or a label as it stands, goes before any other reading.
 */
export function chosenOption(answer: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact =
    options.find(({ label }) => label === answer.trim()) ??
    onlyOne(options.filter(({ text }) => sameWording(text, answer)));
  if (exact !== null || answer.length > longestAnswer) return exact;
  const plain = undecorated(answer);
  if (labelsAnotherText(plain, options)) return null;
  const whole = optionOfText(plain, options);
  if (whole !== null) return whole;
  const said = withoutPhrases(withoutContrast(withoutPhrases(plain.normalize("NFKC")), options));
  return (
    labelBefore(said, options) ??
    labelBehind(plain.normalize("NFKC"), options) ??
    labelBehind(said, options) ??
    optionOfText(said, options) ??
    onlyOne(options.filter(({ text }) => sameWording(withoutPhrases(text), said)))
  );
}

/** Whether a marked label stands before another option's text: read as a text, the label A would pass for an article. */
export function labelsAnotherText(plain: string, options: readonly AnswerOption[]): boolean {
  const match = /^[([{<【〔"']*(?<label>\p{L})\s*["')\]}>】〕.:,;、–—-]+\s*(?<rest>\S.*)$/su.exec(
    withoutPhrases(plain.normalize("NFKC")),
  );
  const option = labelled(match?.groups?.["label"], options);
  const other = option === null ? null : optionOfText(match?.groups?.["rest"] ?? "", options);
  return other !== null && other !== option;
}

/** A label at the start: alone, set off from a remark that names no other option, or before its own text. */
function labelBefore(said: string, options: readonly AnswerOption[]): AnswerOption | null {
  const match =
    /^[([{<【〔"']*([\p{L}\p{N}]+?)(?![\p{Script=Latin}\p{N}]|(?<=\d)[.,:/]\d)(?<mark>["')\]}>】〕.:]*)\s*(?<rest>.*)$/su.exec(
      said,
    );
  const option = labelled(match?.[1], options);
  const { mark = "", rest = "" } = match?.groups ?? {};
  if (option === null) return null;
  const remark = rest.replace(/^(?:[-–—=,;|:、/]\s*)+/u, "");
  if (remark === "" || hasText(option, rest) || hasText(option, remark)) return option;
  const setOff =
    /[)\].:]/.test(mark) ||
    /^[,;–—-]?\s*(?:because|since|as|due to)\s/iu.test(rest) ||
    /^[,;、]?\s*(?:因为|因為|由于|由於)/u.test(rest) ||
    /^(?:explanation|reason(?:ing)?|rationale|justification|解析|解释|解釋|理由)\s*:/iu.test(rest);
  if (!setOff || namesAnother(rest, option, options)) return null;
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

/** Whether a remark behind a label goes on to a further one: "or C", "/C", "(C)", "option C", "C)". */
function namesAnother(rest: string, chosen: AnswerOption, options: readonly AnswerOption[]): boolean {
  const others = options
    .filter((option) => option !== chosen)
    .map(({ label }) => label.replace(/[^\p{L}\p{N}]/gu, ""))
    .filter((label) => label !== "");
  if (others.length === 0) return false;
  const label = `(?:${others.join("|")})(?![\\p{L}\\p{N}])`;
  const joined = new RegExp(
    `^(?:(?:or|and|and/or|not|no|maybe|but|和|或|与|與|及|以及|不是|而不是)\\s*|[,;/&+、|\\s-])*["'([{]*${label}`,
    "iu",
  );
  const marked = new RegExp(
    `[(\\[]\\s*${label}\\s*[)\\]]|(?<![\\p{L}\\p{N}])${label}\\s*[)\\]]|\\b(?:option|choice|answer|or|and)\\s+(?:is\\s+)?\\(?${label}`,
    "iu",
  );
  return joined.test(rest) || marked.test(rest);
}

/** The option of this wording; where several differ in case or punctuation alone, only an exact wording decides. */
function optionOfText(text: string, options: readonly AnswerOption[]): AnswerOption | null {
  const exact = options.filter((option) => sameWording(option.text, text));
  if (exact.length > 0) return onlyOne(exact);
  const normalised = normaliseAnswer(text);
  return normalised === "" ? null : onlyOne(options.filter((option) => normaliseAnswer(option.text) === normalised));
}

function hasText({ text: own }: AnswerOption, text: string): boolean {
  const normalised = normaliseAnswer(text);
  return sameWording(own, text) || (normalised !== "" && normaliseAnswer(own) === normalised);
}

function onlyOne(options: readonly AnswerOption[]): AnswerOption | null {
  return options.length === 1 ? (options[0] ?? null) : null;
}
