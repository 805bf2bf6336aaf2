import { idRange } from "./appendTable.ts";
import type { AppendTable, StoredRow } from "./appendTable.ts";
import type { Row } from "./arrowRows.ts";
import { DamagedLogError } from "./damage.ts";

/** Takes rows in the order of their ids. */
export type TakeRow = (row: Row, id: number) => void;

/** Keeps an index of a table up to date by reading only what was appended since the last look. */
export interface Tail {
  refresh(): Promise<void>;
  /** Appends rows to the table; they are taken at once where their ids are certain, else by the next look. */
  append(rows: readonly Row[]): Promise<void>;
}

/** Row ids asked for at a time. */
const chunk = 1024;

/** Starts before the first row: the first look takes all rows. */
export function createTail(table: AppendTable, columns: readonly string[], takeRow: TakeRow): Tail {
  let next = 0;
  let version = -1;
  /** Rows taken and not deleted since. */
  let known = 0;
  /** The version that the last append made. */
  let appended = -1;
  /** True when there are no rows after the last row taken: a next version written here then gets the ids after it. */
  let atEnd = false;
  let pending: Promise<void> = Promise.resolve();

  /** Rows that cannot be read are left out as if they had not been written: what they held is done again. */
  const readable = async (start: number, count: number): Promise<StoredRow[]> => {
    try {
      return await table.rows(columns, idRange(start, count));
    } catch (error) {
      if (!(error instanceof DamagedLogError)) throw error;
      if (count === 1) return [];
      const half = Math.floor(count / 2);
      return [...(await readable(start, half)), ...(await readable(start + half, count - half))];
    }
  };

  /** Reads all remaining rows. Past damaged files it searches as far as row ids may reach. */
  const rest = async (): Promise<StoredRow[]> => {
    try {
      return await table.scan(columns, next);
    } catch (error) {
      if (!(error instanceof DamagedLogError)) throw error;
      return readable(next, 16 * chunk);
    }
  };

  const takeAll = (rows: readonly StoredRow[]): number => {
    for (const { id, row } of rows) {
      takeRow(row, id);
      next = id + 1;
    }
    known += rows.length;
    return rows.length;
  };

  const refresh = async (): Promise<void> => {
    const newest = await table.refresh();
    if (newest === version) return;
    const count = await table.countRows();
    atEnd = newest === appended;
    let taken: number;
    do taken = takeAll(await readable(next, chunk));
    while (taken > 0 && known < count);
    if (known !== count) {
      // Rows were deleted or are damaged: what is left may lie behind a gap of ids.
      takeAll(await rest());
      known = count;
      atEnd = false;
    }
    version = newest;
  };

  /** Reading back what this process has just written takes longer than writing it. */
  const takeOwn = (rows: readonly Row[], made: number): void => {
    appended = made;
    if (!atEnd || made !== version + 1) return;
    takeAll(rows.map((row, index) => ({ id: next + index, row })));
    version = made;
  };

  return {
    refresh: () => {
      // One look after another, also when an earlier one failed.
      pending = pending.then(refresh, refresh);
      return pending;
    },
    append: async (rows) => {
      if (rows.length === 0) return;
      const made = await table.append(rows);
      const take = (): void => takeOwn(rows, made);
      pending = pending.then(take, take);
      return pending;
    },
  };
}
