import type { Connection, Table } from "@lancedb/lancedb";
import type { Schema, Table as ArrowTable } from "apache-arrow";

/** A row to be written, by column name. */
export type Row = Record<string, unknown>;

/** A LanceDB table that is only appended to, and read by position: that takes milliseconds however many fragments there are. */
export interface AppendTable {
  readonly name: string;
  /** Appends rows in one commit, as neighbours and in order; safe beside other processes that append. */
  append(rows: readonly Row[]): Promise<void>;
  /** Number of rows, other processes' included. */
  count(): Promise<number>;
  /** `count` rows from position `start` on. */
  read(columns: readonly string[], start: number, count: number): Promise<ArrowTable>;
  close(): void;
}

/** Opens a table, or makes it when it is missing. */
export async function openAppendTable(connection: Connection, name: string, schema: Schema): Promise<AppendTable> {
  const table = await openOrCreate(connection, name, schema);
  return {
    name,
    append: async (rows) => {
      if (rows.length > 0) await table.add([...rows]);
    },
    count: async () => {
      await table.checkoutLatest();
      return table.countRows();
    },
    read: (columns, start, count) => table.query().select([...columns]).offset(start).limit(count).toArrow(),
    close: () => table.close(),
  };
}

async function openOrCreate(connection: Connection, name: string, schema: Schema): Promise<Table> {
  const names = await connection.tableNames();
  return names.includes(name) ? connection.openTable(name) : connection.createEmptyTable(name, schema, { mode: "create", existOk: true });
}
