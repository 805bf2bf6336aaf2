import type { z } from "zod";
import type { Question } from "../domain/question.ts";
import { createRest } from "../eventLoop/rest.ts";
import { withOwnId } from "./ownId.ts";
import { describeIssues, RowError, UnlabelledRowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";
import type { RawRow, UnnamedColumns } from "./rows.ts";
import { messageOf } from "../domain/messageOf.ts";

/** A row that fits its schema, and where it stands. */
export interface Row<T> {
  readonly value: T;
  /** File and line or entry, for messages and ids. */
  readonly place: string;
  /** From 0, within its file. */
  readonly index: number;
  readonly file: string;
}

export interface ReadOptions<T> {
  readonly schema: z.ZodType<T>;
  /** The question of a row; null for one that is none of those wanted. Throws RowError where it gives none. */
  readonly toQuestion: (row: Row<T>) => Question | null;
  readonly onReject: OnReject;
  readonly unnamed?: UnnamedColumns;
}

/**
 * The questions of files, in order. A row that gives none is told to `onReject` and left out; throws only where no row of all
 * gives one. Ids are unique afterwards: another question of a known id gets the row's number behind it, the same one again is left out.
 */
export async function readQuestions<T>(files: readonly string[], options: ReadOptions<T>): Promise<Question[]> {
  const known = new Map<string, Question>();
  const questions: Question[] = [];
  const failures: Failure[] = [];
  let unwanted = 0;
  const rest = createRest();
  const reject = (place: string, error: unknown): void => {
    const failure = {
      place,
      reason: messageOf(error),
      unlabelled: error instanceof UnlabelledRowError,
    };
    failures.push(failure);
    options.onReject({ place, reason: failure.reason });
  };
  for (const file of files) {
    let index = -1;
    for (const row of await rowsOf(file, files.length, options.unnamed, reject)) {
      index += 1;
      try {
        const question = questionOf(row, index, file, options);
        if (question === null) unwanted++;
        else questions.push(withOwnId(question, index, known));
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        reject(row.place, error);
      }
      await rest();
    }
  }
  if (questions.length === 0 && unwanted === 0) throw new Error(nothingIn(files, failures));
  return questions;
}

interface Failure {
  readonly place: string;
  readonly reason: string;
  readonly unlabelled: boolean;
}

/** One of several files that cannot be read does not stop the others. */
async function rowsOf(
  file: string,
  files: number,
  unnamed: UnnamedColumns | undefined,
  reject: (place: string, error: unknown) => void,
): Promise<Iterable<RawRow>> {
  try {
    return await readRawRows(file, unnamed);
  } catch (error) {
    if (files === 1) throw error;
    reject(file, error);
    return [];
  }
}

function questionOf<T>(
  row: RawRow,
  index: number,
  file: string,
  { schema, toQuestion }: ReadOptions<T>,
): Question | null {
  if ("problem" in row) throw new RowError(row.problem);
  const parsed = schema.safeParse(row.raw);
  if (!parsed.success) throw new RowError(describeIssues(parsed.error, row.raw));
  return toQuestion({ value: parsed.data, place: row.place, index, file });
}

function nothingIn(files: readonly string[], failures: readonly Failure[]): string {
  const place = files.length === 1 ? files[0] : `${files[0]} and ${files.length - 1} more`;
  const [first] = failures;
  if (first === undefined) return `${place}: holds no rows`;
  if (failures.every(({ unlabelled }) => unlabelled))
    return `${place}: published without answers: none of its ${failures.length} rows has one (${first.place}: ${first.reason}); take a split with labels`;
  return failures.length === 1
    ? `${first.place}: ${first.reason}`
    : `${first.place}: ${first.reason} (and ${failures.length - 1} more rows that give no question)`;
}
