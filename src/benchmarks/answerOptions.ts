import { markedUpText } from "../corpus/readers/markup.ts";
import type { AnswerOption } from "../domain/question.ts";
import { labelsAnotherText } from "../graders/choice.ts";
import { normaliseAnswer, sameWording } from "../graders/normalise.ts";
import { labelOptions, optionLabel } from "./choiceQuestion.ts";
import { RowError, UnlabelledRowError } from "./rejectedRows.ts";
import { soleValue } from "./soleValue.ts";

const labelNames = ["key", "label", "letter", "option", "id"] as const;
const textNames = ["value", "text", "content"] as const;

/**
 * Options in any of the forms that data sets publish: texts in order, texts by label, a list of objects with label and text,
 * or `{label: […], text: […]}`. Empty and null ones are left out, and the labels of the others stay theirs.
 */
export function readOptions(given: unknown): AnswerOption[] {
  return withoutOwnLabels(optionsIn(given));
}

/** Texts that all begin with their labels ("A. rest") say them twice. */
function withoutOwnLabels(options: AnswerOption[]): AnswerOption[] {
  const bare = options.map(({ label, text }) => {
    const [, own = "", rest = ""] = /^\(?\s*([A-J])\s*[.):、．：]\)?\s*(\S.*)$/s.exec(text.normalize("NFKC")) ?? [];
    return own === label ? { label, text: text.slice(text.length - rest.length) } : null;
  });
  const all = bare.filter((option) => option !== null);
  return all.length === options.length ? all : options;
}

function optionsIn(given: unknown): AnswerOption[] {
  if (Array.isArray(given))
    return given.every((one) => isText(one) || one === null)
      ? labelOptions(given.map((text) => (text === null ? "" : String(text))))
      : given.flatMap(optionOfEntry);
  if (typeof given !== "object" || given === null)
    throw new RowError(`options: expected a list or an object (got ${JSON.stringify(given) ?? "nothing"})`);
  const { label: labels, text: texts } = given as { readonly label?: unknown; readonly text?: unknown };
  if (Array.isArray(labels) && Array.isArray(texts))
    return labels.flatMap((label, index) => optionOf(label, texts[index]));
  return Object.entries(given).flatMap(([label, text]) => optionOf(label, text));
}

/** Options from columns "A", "b", "option C", "choice_d", "opa". */
export function optionsOfColumns(row: Readonly<Record<string, unknown>>): AnswerOption[] {
  return Object.entries(row).flatMap(([name, text]) => {
    const label = /^(?:(?:option|choice)[ _]?|op)?([a-j])$/i.exec(name.trim())?.[1];
    return label === undefined ? [] : optionOf(label.toUpperCase(), text);
  });
}

function optionOfEntry(entry: unknown, index: number): AnswerOption[] {
  if (typeof entry !== "object" || entry === null) return optionOf(optionLabel(index), entry);
  const fields = entry as Readonly<Record<string, unknown>>;
  const label = labelNames.map((name) => fields[name]).find(isText);
  return optionOf(label ?? optionLabel(index), textNames.map((name) => fields[name]).find(isText));
}

function optionOf(label: unknown, text: unknown): AnswerOption[] {
  if (!isText(text) || String(text).trim() === "") return [];
  return [{ label: plainLabel(String(label)), text: markedUpText(String(text)).trim() }];
}

function isText(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** A label without brackets and stops, in its usual width; single letters in capitals. */
function plainLabel(label: string): string {
  const plain = label
    .normalize("NFKC")
    .replace(/^[\s([{"']+|[\s)\]}"'.:、,]+$/g, "")
    .replace(/^(?:option|choice|answer|选项|答案)[\s_:：]*\(?(?=[a-j]$)/i, "");
  return plain.length === 1 ? plain.toUpperCase() : plain;
}

/** What stands for a label that is kept back. */
const unlabelled: ReadonlySet<string> = new Set(["", "-1", "?", "NONE", "NULL", "NAN", "N/A", "NA"]);

/**
 * The label that an answer names, by itself ("B", "ｂ", "B.", "(b)"), with its option's text ("B. aspirin"), or by that text
 * alone. A number is a label or a text, never a place (places.ts). Throws RowError where it names none, UnlabelledRowError where it is
 * kept back. `field` is named.
 */
export function labelOf(given: unknown, options: readonly AnswerOption[], field: string): string {
  const one = soleValue(given);
  const answer = isText(one) ? markedUpText(String(one)).trim() : "";
  const exact = options.find(({ label }) => label === answer) ?? options.find(({ text }) => sameWording(text, answer));
  if (exact !== undefined) return exact.label;
  const plain = plainLabel(answer);
  if (one === undefined || one === null || (isText(one) && unlabelled.has(plain.toUpperCase())))
    throw new UnlabelledRowError(`${field}: the row has no answer (${isText(one) ? JSON.stringify(one) : "none"})`);
  const named =
    options.find(({ label }) => label === plain) ??
    options.find((option) => answer.length > 1 && isLabelAndText(option, answer)) ??
    onlyText(answer, options);
  if (named !== null) return named.label;
  throw new RowError(
    `${field}: the answer ${JSON.stringify(one)} is none of the options ${options.map(({ label }) => label).join(", ")}`,
  );
}

/** "A" would pass for an article before any text: an answer that is the text without it must begin with the label. */
function isLabelAndText({ label, text }: AnswerOption, answer: string): boolean {
  const said = normaliseAnswer(answer);
  if (normaliseAnswer(`${label}. ${text}`) !== said) return false;
  const [, first] = /^[^\p{L}\p{N}]*([\p{L}\p{N}]+)/u.exec(answer.normalize("NFKC")) ?? [];
  return normaliseAnswer(text) !== said || first?.toUpperCase() === label;
}

function onlyText(answer: string, options: readonly AnswerOption[]): AnswerOption | null {
  if (labelsAnotherText(answer, options)) return null;
  const same = options.filter(({ text }) => normaliseAnswer(text) === normaliseAnswer(answer));
  return same.length === 1 ? (same[0] ?? null) : null;
}
