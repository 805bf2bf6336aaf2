import { MedMcqaRow } from "./medmcqaRow.ts";
import { readRawRows } from "./rows.ts";

/** What a file counts its first option as, and whether its rows show it: where not, what it means is told of the row it is read by. */
export interface Counted {
  readonly first: 0 | 1;
  readonly isShown: boolean;
}

/** A row whose right option is a number. */
interface Numbered {
  readonly cop: number;
  readonly exp: string;
}

/** Explanations often begin with the letter of the right option. */
const saidLetter =
  /^\s*(?:the\s+)?(?:correct\s+)?ans(?:wer)?\b[.:\s]*(?:is|:|-|option)?\s*[("'`‘“[]*([a-d])[)"'`’”\].,:\s]/i;

/** Rows from which zeros alone are no chance: a third of all answers is A. */
const fewRows = 5;

/** Rows from which a file counted from 1 would hold a 4: a fifth of all answers is D. */
const enoughRows = 20;

/** Share of zeros that answers never have, but labels that are kept back. */
const keptBackShare = 0.8;

/**
 * What the file counts the first option as. A 4 shows that it counts from 1 (a 0 beside it is an unlabelled row), unless so many zeros stand beside
 * it that it is a wrong row; then the letters that explanations name decide, where they agree; then zeros, that it counts from 0.
 * Throws where nothing shows it, and where zeros are nearly all there is: labels that are kept back, not answers.
 */
export async function countedFrom(file: string): Promise<Counted> {
  const rows = await numberedRows(file);
  if (rows.length === 0) return shown(1);
  const zeros = rows.filter(({ cop }) => cop === 0);
  const fours = rows.filter(({ cop }) => cop === 4).length;
  if (fours > 0 && !isStray(fours, zeros.length, rows.length)) return shown(1);
  const said = saidBy(rows);
  if (said !== null) return shown(said);
  if (rows.length >= fewRows && zeros.length > keptBackShare * rows.length)
    throw new Error(
      `${file}: cop: ${zeros.length} of ${rows.length} rows have 0, which is no answer but stands for labels that are kept back, as in the published test split; take a split with labels, or give letters (a to d)`,
    );
  const [zero] = zeros;
  if (zero !== undefined) return zeros.length > 1 ? shown(0) : byOneZero(file, zero, rows.length);
  throw new Error(
    `${file}: cop: the values ${[...new Set(rows.map(({ cop }) => cop))].toSorted((a, b) => a - b).join(", ")} do not show whether options are counted from 0 (the hub's copy) or from 1 (the authors' files); read a larger part of the file, in which 0 or 4 stands`,
  );
}

function shown(first: 0 | 1): Counted {
  return { first, isShown: true };
}

async function numberedRows(file: string): Promise<Numbered[]> {
  return [...(await readRawRows(file))].flatMap((row) => {
    const { data } = MedMcqaRow.safeParse("raw" in row ? row.raw : null);
    return typeof data?.cop !== "number" || data.cop < 0 ? [] : [{ cop: data.cop, exp: data.exp ?? "" }];
  });
}

/** A 4 for many zeros, which are not most of the rows, as they would be where labels are kept back. */
function isStray(fours: number, zeros: number, rows: number): boolean {
  return zeros > enoughRows * fours && zeros < rows / 2;
}

/** What the letters in explanations show: null where most do not agree. */
function saidBy(rows: readonly Numbered[]): 0 | 1 | null {
  const offsets = rows.flatMap(({ cop, exp }) => {
    const letter = saidLetter.exec(exp)?.[1];
    return letter === undefined ? [] : [cop - "abcd".indexOf(letter.toLowerCase())];
  });
  const share = (wanted: 0 | 1): number => offsets.filter((offset) => offset === wanted).length / offsets.length;
  if (share(0) > 0.5 && share(1) === 0) return 0;
  return share(1) > 0.5 && share(0) === 0 ? 1 : null;
}

/**
 * A single 0, with no 4 in the file: an answer where the row explains it, where no file counted from 1 would lack a 4, or in
 * the hub's own kind of file. In five rows it is read as a row without an answer, with what that means. Throws between these, where either
 * may be.
 */
function byOneZero(file: string, { exp }: Numbered, rows: number): Counted {
  if (rows < fewRows || rows >= enoughRows || exp.trim() !== "" || /\.parquet$/i.test(file)) return shown(0);
  if (rows === fewRows) return { first: 1, isShown: false };
  throw new Error(
    `${file}: cop: a single 0 in ${rows} rows without a 4 does not show whether options are counted from 0 (the hub's copy) or from 1 (the authors' files, the 0 a row without an answer); read a larger part of the file, in which 0 or 4 stands, or give letters (a to d)`,
  );
}
