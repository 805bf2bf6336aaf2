import type { AnswerOption } from "../domain/question.ts";
import { createRest } from "../eventLoop/rest.ts";
import { sameWording } from "../graders/normalise.ts";
import { optionLabel } from "./choiceQuestion.ts";
import { RowError } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";
import type { UnnamedColumns } from "./rows.ts";

/** What a file counts its first option as; null where its rows do not show it. */
export type CountedFrom = 0 | 1 | null;

/** An answer that is given as a number, and the options whose place it may be. */
export interface Placed {
  readonly place: number;
  readonly options: readonly AnswerOption[];
}

/** As many rows of one kind outweigh one of the other, which is then a wrong row. */
const strays = 20;

/** The answer as a place; null for one that is no whole number, or a label of an option. */
export function placeOf(given: unknown, options: readonly AnswerOption[]): number | null {
  const number = typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0) return null;
  return options.some(({ label }) => label === String(number)) ? null : number;
}

/**
 * What files count from: a place 0 shows that it is 0, one as high as there are options that it is 1; neither, or both beyond a
 * stray one, show nothing.
 * `placed` reads a row; what it throws as RowError, and what cannot be read, is told when the questions are made.
 */
export async function countedFrom(
  files: readonly string[],
  placed: (raw: unknown) => Placed | null,
  unnamed?: UnnamedColumns,
): Promise<CountedFrom> {
  let [zeros, lasts] = [0, 0];
  const rest = createRest();
  for (const file of files)
    for (const row of await readRawRows(file, unnamed).catch(() => [])) {
      const found = "raw" in row ? unlessWrong(() => placed(row.raw)) : null;
      // A row without a choice is refused later; it tells nothing of the others.
      if (found !== null && found.options.length > 1) {
        if (found.place === 0) zeros++;
        if (found.place === lastPlace(found.options)) lasts++;
      }
      await rest();
    }
  if (zeros > strays * lasts) return 0;
  return lasts > strays * zeros ? 1 : null;
}

function unlessWrong(read: () => Placed | null): Placed | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
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

/** The same where a number may be an option's text too; throws RowError where place and text name two options. */
export function labelAtOrOfText(
  place: number,
  options: readonly AnswerOption[],
  field: string,
  first: CountedFrom,
): string {
  const byText = options.find(({ text }) => sameWording(text, String(place)))?.label;
  if (byText !== undefined && place > lastPlace(options)) return byText;
  const label = labelAt(place, options, field, first);
  if (byText === undefined || byText === label) return label;
  throw new RowError(`${field}: ${place} is option ${label} by its place and option ${byText} by its text`);
}
