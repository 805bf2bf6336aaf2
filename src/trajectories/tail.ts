import type { AppendTable, Row } from "./appendTable.ts";

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

  const takeAll = (rows: readonly { readonly id: number; readonly row: Row }[]): number => {
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
    do taken = takeAll(await table.rows(columns, next, chunk));
    while (taken > 0 && known < state.rows);
    if (known !== state.rows) {
      // Rows were deleted: what is left may lie behind a gap of ids.
      takeAll(await table.scan(columns, next));
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
