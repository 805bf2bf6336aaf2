import type { z } from "zod";

/** A row that gives no question: where it stands, and which field is wrong. */
export interface RejectedRow {
  readonly place: string;
  readonly reason: string;
}

/** Told of each row that is left out; readers go on with the next. */
export type OnReject = (row: RejectedRow) => void;

/** Why a row gives no question; the message names the field. */
export class RowError extends Error {
  override readonly name: string = "RowError";
}

/** A row without its answer, as in files whose labels are kept back for a leaderboard. */
export class UnlabelledRowError extends RowError {
  override readonly name = "UnlabelledRowError";
}

/** What is read, or null where that throws RowError. */
export function unlessWrong<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}

const shownIssues = 3;
const shownCharacters = 60;

/** What does not fit a schema, by the fields' names. */
export function describeIssues(error: z.ZodError, raw: unknown): string {
  return error.issues
    .slice(0, shownIssues)
    .map((issue) => {
      const field = issue.path.map(String).join(".");
      const given = issue.path.reduce<unknown>(
        (value, key) =>
          typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
        raw,
      );
      const shown = (given === undefined ? "it is missing" : `got ${JSON.stringify(given) ?? "nothing"}`).slice(
        0,
        shownCharacters,
      );
      return `${field === "" ? "the row" : field}: ${issue.message} (${shown})`;
    })
    .join("; ");
}

/** Rows left out of a file, as a sentence for a report or log; null where there are none. */
export function describeRejects(rejects: readonly RejectedRow[]): string | null {
  const [first] = rejects;
  return first === undefined
    ? null
    : `${rejects.length} ${rejects.length === 1 ? "row was" : "rows were"} left out of the questions; the first: ${first.place}: ${first.reason}`;
}
