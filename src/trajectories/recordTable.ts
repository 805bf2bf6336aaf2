import { openAppendTable } from "./appendTable.ts";
import type { AppendTable } from "./appendTable.ts";
import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import { schemaOf } from "./tables/columns.ts";
import type { Columns } from "./tables/columns.ts";
import { createTail } from "./tail.ts";
import type { TakeRow } from "./tail.ts";

/** Rows of one kind. The index columns (kind and address) are kept in memory. */
export interface RecordTable extends Pick<AppendTable, "rows" | "close"> {
  append(rows: readonly Row[]): Promise<void>;
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

/** Every row also has the time at which it was written, for people alone: no decision depends on it. */
export async function openRecordTable(database: Database, format: RecordFormat): Promise<RecordTable> {
  const table = await openAppendTable(database, format.name, schemaOf({ ...format.columns, writtenAt: "time" }));
  const tail = createTail(table, format.indexed, format.takeRow);
  return {
    append: (rows) => tail.append(rows.map((row) => ({ ...row, writtenAt: new Date() }))),
    refresh: () => tail.refresh(),
    rows: (columns, ids) => table.rows(columns, ids),
    close: () => table.close(),
  };
}
