import type { AnswerOption } from "../domain/question.ts";
import { createRest } from "../eventLoop/rest.ts";
import { sameWording } from "../graders/normalise.ts";
import { optionLabel } from "./choiceQuestion.ts";
import { RowError, unlessWrong } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";
import type { UnnamedColumns } from "./rows.ts";
import { soleValue } from "./soleValue.ts";

/** What a file counts its first option as; null where its rows do not show it. */
export type CountedFrom = 0 | 1 | null;

/** What files show of the numbers that they give as answers. */
export interface Counting {
  readonly first: CountedFrom;
  /** Whether a row's number is none of its options' texts: numbers are places then, whatever the options of another row say. */
  readonly arePlaces: boolean;
}

/** An answer that is given as a number, and the options whose place it may be. */
export interface Placed {
  readonly place: number;
  readonly options: readonly AnswerOption[];
}

/** As many rows of one kind outweigh one of the other, which is then a wrong row. */
const strays = 20;

/** The answer as a place, by itself or as a list of one; null for one that is no whole number, or a label of an option. A text of digits is a number here. */
export function placeOf(given: unknown, options: readonly AnswerOption[]): number | null {
  const one = soleValue(given);
  const number = typeof one === "string" ? numberIn(one, options) : one;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0) return null;
  return options.some(({ label }) => label === String(number)) ? null : number;
}

/** A whole number in a text, as pandas' "1.0" too where no option is worded so; null for another text. */
function numberIn(text: string, options: readonly AnswerOption[]): number | null {
  const match = /^\s*\d+(\.0+)?\s*$/.exec(text);
  if (match === null) return null;
  const isWording = match[1] !== undefined && options.some((option) => sameWording(option.text, text));
  return isWording ? null : Number(text);
}

/**
 * What files count from, and whether it is places: a place 0 shows that it is 0, one as high as there are options that it is 1; neither, or both beyond a
 * stray one, show nothing.
 * `placed` reads a row; what it throws as RowError, and what cannot be read, is told when the questions are made.
 */
export async function countedFrom(
  files: readonly string[],
  placed: (raw: unknown) => Placed | null,
  unnamed?: UnnamedColumns,
): Promise<Counting> {
  let [zeros, lasts, notTexts] = [0, 0, 0];
  const rest = createRest();
  for (const file of files)
    for (const row of await readRawRows(file, unnamed).catch(() => [])) {
      const found = "raw" in row ? unlessWrong(() => placed(row.raw)) : null;
      // A row without a choice is refused later; it tells nothing of the others.
      if (found !== null && found.options.length > 1) {
        if (found.place === 0) zeros++;
        if (found.place === lastPlace(found.options)) lasts++;
        if (found.place <= lastPlace(found.options) && labelOfNumber(found.place, found.options) === undefined)
          notTexts++;
      }
      await rest();
    }
  const first = zeros > strays * lasts ? 0 : lasts > strays * zeros ? 1 : null;
  return { first, arePlaces: notTexts > 0 };
}

/** The label of the option whose text a number is. */
function labelOfNumber(number: number, options: readonly AnswerOption[]): string | undefined {
  return options.find(({ text }) => sameWording(text, String(number)))?.label;
}

/** Counted from 1; options that a row leaves empty keep their places. */
function lastPlace(options: readonly AnswerOption[]): number {
  const label = options.at(-1)?.label ?? "";
  return /^[A-Z]$/.test(label) ? label.charCodeAt(0) - 64 : options.length;
}

/** The label of the option at a place. Throws RowError where the file does not show what it counts from, or has no such option. */
export function labelAt(place: number, options: readonly AnswerOption[], field: string, first: CountedFrom): string {
  if (first === null)
    throw new RowError(
      `${field}: ${place} does not show which option is meant: no row of the file, or both kinds of rows, tell whether it counts them from 0 or from 1; give the label or the text`,
    );
  const label = optionLabel(place - first);
  if (options.some((option) => option.label === label)) return label;
  throw new RowError(`${field}: ${place} is no option of a file that counts them from ${first}`);
}

/**
 * The same where a number may be an option's text too, as one beyond all places is. Throws RowError where place and text name two
 * options, except for a number (not a text of digits) in a file whose numbers are places.
 */
export function labelAtOrOfText(
  given: unknown,
  place: number,
  options: readonly AnswerOption[],
  field: string,
  { first, arePlaces }: Counting,
): string {
  const byText = labelOfNumber(place, options);
  if (byText !== undefined && place > lastPlace(options)) return byText;
  const label = labelAt(place, options, field, first);
  const isPlace = arePlaces && typeof soleValue(given) === "number";
  if (byText === undefined || byText === label || isPlace) return label;
  throw new RowError(`${field}: ${place} is option ${label} by its place and option ${byText} by its text`);
}
