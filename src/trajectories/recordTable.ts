import type { Connection } from "@lancedb/lancedb";
import { openAppendTable } from "./appendTable.ts";
import type { AppendTable } from "./appendTable.ts";
import { schemaOf } from "./tables/columns.ts";
import type { Columns } from "./tables/columns.ts";
import { createTail } from "./tail.ts";
import type { TakeRow } from "./tail.ts";

/** Rows of one kind, of which those columns that say what and where are kept in memory. */
export interface RecordTable extends Pick<AppendTable, "append" | "rows" | "take" | "scan" | "close"> {
  /** Hands rows appended since the last look to the index. */
  refresh(): Promise<void>;
}

export interface RecordFormat {
  readonly name: string;
  readonly columns: Columns;
  /** Columns that the index takes. */
  readonly indexed: readonly string[];
  readonly takeRow: TakeRow;
}

/** Every row also says when it was written; nothing is ever decided by that. */
export async function openRecordTable(connection: Connection, format: RecordFormat): Promise<RecordTable> {
  const table = await openAppendTable(connection, format.name, schemaOf({ ...format.columns, writtenAt: "time" }));
  const tail = createTail(table, format.indexed, format.takeRow);
  return {
    append: (rows) => table.append(rows.map((row) => ({ ...row, writtenAt: new Date() }))),
    refresh: () => tail.refresh(),
    rows: (columns, start, count) => table.rows(columns, start, count),
    take: (columns, start, count) => table.take(columns, start, count),
    scan: (columns, start) => table.scan(columns, start),
    close: () => table.close(),
  };
}
