import { idRange } from "./appendTable.ts";
import type { AppendTable, Row, StoredRow } from "./appendTable.ts";
import { DamagedLogError } from "./damage.ts";

/** Takes rows in the order of their ids. */
export type TakeRow = (row: Row, id: number) => void;

/** Keeps an index of a table up to date by reading only what was appended since the last look. */
export interface Tail {
  refresh(): Promise<void>;
}

/** Row ids asked for at a time. */
const chunk = 1024;

export function createTail(table: AppendTable, columns: readonly string[], takeRow: TakeRow): Tail {
  let next = 0;
  let version = -1;
  /** Rows taken and not deleted since. */
  let known = 0;
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

  /** All that is left; past damaged files it looks as far as row ids may reach. */
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
    const state = await table.refresh();
    if (state.version === version) return;
    let taken: number;
    do taken = takeAll(await readable(next, chunk));
    while (taken > 0 && known < state.rows);
    if (known !== state.rows) {
      // Rows were deleted or are damaged: what is left may lie behind a gap of ids.
      takeAll(await rest());
      known = state.rows;
    }
    version = state.version;
  };

  return {
    refresh: () => {
      // One look after another, also when an earlier one failed.
      pending = pending.then(refresh, refresh);
      return pending;
    },
  };
}
