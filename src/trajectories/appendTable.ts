import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import type { Schema, Table as ArrowTable } from "apache-arrow";
import { arrowTable } from "./arrowRows.ts";
import type { Row } from "./arrowRows.ts";
import { DamagedLogError, isDamage, setDamagedManifestAside } from "./damage.ts";
import type { Database } from "./database.ts";
import { requireFreeSpace, tellingDiskFull } from "../files/freeSpace.ts";
import { messageOf } from "../domain/messageOf.ts";

/** A row that was read, with its stable id: ids grow in the order of commits, and maintenance does not change them. */
export interface StoredRow {
  readonly id: number;
  readonly row: Row;
}

/** A LanceDB table that is only appended to, and read by row id: that takes milliseconds however many files there are. */
export interface AppendTable {
  readonly name: string;
  /** Appends at least one row in one commit, with ids one after the other; safe beside other processes that append. Returns the version that it made. */
  append(rows: readonly Row[]): Promise<number>;
  /** Looks for what other processes did; returns the newest version. */
  refresh(): Promise<number>;
  /** Rows of the version looked at last. */
  countRows(): Promise<number>;
  /** The rows with these ids, in the order of their ids; ids that do not exist (any more, or yet) are left out. */
  take(columns: readonly string[], ids: readonly number[]): Promise<ArrowTable>;
  /** The same as rows. */
  rows(columns: readonly string[], ids: readonly number[]): Promise<StoredRow[]>;
  /** All rows with an id of at least `start`; goes through the whole table. */
  scan(columns: readonly string[], start: number): Promise<StoredRow[]>;
  close(): void;
}

/** Opens a table, or makes it when it is missing. A damaged newest version is put aside for the one before. */
export async function openAppendTable(database: Database, name: string, schema: Schema): Promise<AppendTable> {
  const table = await openOrCreate(database, name, schema);
  const take = async (columns: readonly string[], ids: readonly number[]): Promise<ArrowTable> => {
    // Files of a version that maintenance cleaned up are gone.
    await table.checkoutLatest();
    return named(() =>
      table
        .takeRowIds(ids)
        .withRowId()
        .select([...columns])
        .toArrow(),
    );
  };
  /** Names the table in errors of damage; other errors pass unchanged. */
  const named = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw isDamage(error)
        ? new DamagedLogError(`table "${name}" in ${database.folder} has rows that cannot be read`, { cause: error })
        : error;
    }
  };
  return {
    name,
    append: async (rows) => {
      await requireFreeSpace(database.folder);
      const { version } = await tellingDiskFull(database.folder, () => table.add(arrowTable(schema, rows)));
      return version;
    },
    refresh: async () => {
      await table.checkoutLatest();
      return table.version();
    },
    countRows: () => table.countRows(),
    take,
    rows: async (columns, ids) => storedRows(await take(columns, ids)),
    scan: async (columns, start) =>
      storedRows(
        await named(() =>
          table
            .query()
            .withRowId()
            .where(`_rowid >= ${start}`)
            .select([...columns])
            .toArrow(),
        ),
      ),
    close: () => table.close(),
  };
}

/** Returns `count` consecutive row ids from `start` on. */
export function idRange(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}

function storedRows(table: ArrowTable): StoredRow[] {
  const rows = table.toArray().map((stored): StoredRow => {
    const { _rowid: id, ...row }: Row = stored.toJSON();
    return { id: Number(id), row };
  });
  // Maintenance moves merged files behind those that were appended meanwhile, so the rows are put in order.
  return rows.toSorted((a, b) => a.id - b.id);
}

async function openOrCreate({ connection, folder, damage }: Database, name: string, schema: Schema): Promise<Table> {
  const names = await connection.tableNames();
  if (names.includes(name)) return openNewestWhole(connection, join(folder, `${name}.lance`), name, damage);
  return connection.createEmptyTable(name, schema, {
    mode: "create",
    existOk: true,
    storageOptions: { newTableEnableStableRowIds: "true" },
  });
}

async function openNewestWhole(connection: Connection, folder: string, name: string, damage: string[]): Promise<Table> {
  for (;;) {
    try {
      return await connection.openTable(name);
    } catch (error) {
      const setAside = await setDamagedManifestAside(folder);
      if (setAside === null)
        throw new DamagedLogError(`table "${name}" in ${folder} cannot be opened: ${messageOf(error)}`, {
          cause: error,
        });
      damage.push(setAside);
    }
  }
}
