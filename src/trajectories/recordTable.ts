import type { Connection } from "@lancedb/lancedb";
import type { Table as ArrowTable } from "apache-arrow";
import { openAppendTable } from "./appendTable.ts";
import type { Row } from "./appendTable.ts";
import { schemaOf } from "./tables/columns.ts";
import type { Columns } from "./tables/columns.ts";
import { createTail } from "./tail.ts";

/** Rows of one kind, of which those columns that say what and where are kept in memory. */
export interface RecordTable {
  append(rows: readonly Row[]): Promise<void>;
  /** Hands rows appended since the last look to the index. */
  refresh(): Promise<void>;
  read(columns: readonly string[], start: number, count: number): Promise<ArrowTable>;
  count(): Promise<number>;
  close(): void;
}

export interface RecordFormat {
  readonly name: string;
  readonly columns: Columns;
  /** Columns that the index takes. */
  readonly indexed: readonly string[];
  take(row: Row, position: number): void;
  reset(): void;
}

/** Every row also says when it was written; nothing is ever decided by that. */
export async function openRecordTable(connection: Connection, format: RecordFormat): Promise<RecordTable> {
  const table = await openAppendTable(connection, format.name, schemaOf({ ...format.columns, writtenAt: "time" }));
  const tail = createTail(table, format.indexed, format);
  return {
    append: (rows) => table.append(rows.map((row) => ({ ...row, writtenAt: new Date() }))),
    refresh: () => tail.refresh(),
    read: (columns, start, count) => table.read(columns, start, count),
    count: () => table.count(),
    close: () => table.close(),
  };
}
