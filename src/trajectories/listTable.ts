import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import { openRecordTable } from "./recordTable.ts";
import type { Columns } from "./tables/columns.ts";

/** A small table whose records are all kept in memory. */
export interface ListTable<T> {
  /** In table order, as of the last refresh. */
  readonly records: readonly T[];
  refresh(): Promise<void>;
  append(record: T): Promise<void>;
  close(): void;
}

export interface ListFormat<T> {
  readonly name: string;
  readonly columns: Columns;
  toRow(record: T): Row;
  fromRow(row: Row): T;
}

/** Opens the table of a kind of record, which is made when it is missing, and reads all of it. */
export async function openListTable<T>(database: Database, format: ListFormat<T>): Promise<ListTable<T>> {
  const records: T[] = [];
  const table = await openRecordTable(database, {
    name: format.name,
    columns: format.columns,
    indexed: Object.keys(format.columns),
    takeRow: (row) => void records.push(format.fromRow(row)),
  });
  return {
    records,
    refresh: () => table.refresh(),
    append: async (record) => {
      await table.append([format.toRow(record)]);
      await table.refresh();
    },
    close: () => table.close(),
  };
}
