import { canonicalJson } from "./canonical.ts";
import type { AppendTable, Row } from "./appendTable.ts";

/** Takes rows in table order. */
export interface TailSink {
  take(row: Row, position: number): void;
  /** The table was rewritten by maintenance: forget everything, all rows come again. */
  reset(): void;
}

/** Keeps a sink up to date with a table by reading only what was appended since the last look. */
export interface Tail {
  refresh(): Promise<void>;
  /** Reads everything again at the next refresh. */
  invalidate(): void;
}

/** Rows read at a time. */
const chunk = 8192;

export function createTail(table: AppendTable, columns: readonly string[], sink: TailSink): Tail {
  let seen = 0;
  let last = "";
  let pending: Promise<void> = Promise.resolve();

  const startOver = (): void => {
    seen = 0;
    last = "";
    sink.reset();
  };

  /** Reads one row back, so that a deletion before it is noticed. */
  const readChunk = async (count: number): Promise<void> => {
    const start = Math.max(0, seen - 1);
    const rows = (await table.read(columns, start, Math.min(chunk, count - start))).toArray().map((row) => ({ ...row.toJSON() }));
    if (seen > 0 && canonicalJson(rows[0]) !== last) return startOver();
    for (const row of seen > 0 ? rows.slice(1) : rows) sink.take(row, seen++);
    last = canonicalJson(rows.at(-1));
  };

  const refresh = async (): Promise<void> => {
    const count = await table.count();
    if (count < seen) startOver();
    while (seen < count) await readChunk(count);
  };

  return {
    refresh: () => {
      // One look after another, also when an earlier one failed.
      pending = pending.then(refresh, refresh);
      return pending;
    },
    invalidate: startOver,
  };
}
