import type { Table } from "@lancedb/lancedb";
import type { RecordBatch } from "apache-arrow";
import type { Passage } from "../domain/passage.ts";
import { passageColumns, readPassageAt } from "./passageSchema.ts";

/**
 * Corpora of up to this many passages are kept in memory, as the columns they are stored in (about the size of their
 * texts): reading ten rows from disk costs as much as both searches that found them.
 */
const keptPassages = 200_000;

/** A row of a batch of columns. */
interface StoredRow {
  readonly batch: RecordBatch;
  readonly row: number;
}

type StoredRows = ReadonlyMap<bigint, StoredRow>;

/** The passages of a table's rows by row id; these are fixed for a table version. */
export class PassageRows {
  readonly #table: Table;
  readonly #kept: boolean;
  #whole: Promise<StoredRows> | null = null;

  constructor(table: Table, passages: number) {
    this.#table = table;
    this.#kept = passages <= keptPassages;
  }

  /** The passages of those of the rows that exist, by row id. */
  async read(rowIds: readonly bigint[]): Promise<ReadonlyMap<bigint, Passage>> {
    return mapRows(rowIds, await this.#rows(rowIds, passageColumns), ({ batch, row }) => readPassageAt(batch, row));
  }

  /** Passage ids of rows, by row id. */
  async ids(rowIds: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
    return mapRows(rowIds, await this.#rows(rowIds, ["id"]), ({ batch, row }) =>
      String(batch.getChild("id")?.get(row)),
    );
  }

  /** Holds at least the rows asked for that exist, with at least these columns. */
  async #rows(rowIds: readonly bigint[], columns: string[]): Promise<StoredRows> {
    if (rowIds.length === 0) return new Map();
    if (!this.#kept)
      return rowsOf(
        this.#table
          .takeRowIds([...rowIds])
          .select(columns)
          .withRowId(),
      );
    this.#whole ??= rowsOf(this.#table.query().select(passageColumns).withRowId()).catch((error: unknown) => {
      // The next search tries again.
      this.#whole = null;
      throw error;
    });
    return this.#whole;
  }
}

async function rowsOf(batches: AsyncIterable<RecordBatch>): Promise<StoredRows> {
  const rows = new Map<bigint, StoredRow>();
  for await (const batch of batches) {
    const rowIds = batch.getChild("_rowid");
    for (let row = 0; row < batch.numRows; row++) rows.set(rowIds?.get(row) as bigint, { batch, row });
  }
  return rows;
}

function mapRows<T>(rowIds: readonly bigint[], rows: StoredRows, value: (row: StoredRow) => T): ReadonlyMap<bigint, T> {
  const found = new Map<bigint, T>();
  for (const rowId of rowIds) {
    const row = rows.get(rowId);
    if (row !== undefined) found.set(rowId, value(row));
  }
  return found;
}
