import type { Table } from "@lancedb/lancedb";
import type { Passage } from "../domain/passage.ts";
import { passageColumns, readPassage } from "./table.ts";

/** Corpora of up to this many passages are kept in memory as a whole: reading rows costs more than matching a query. */
const keptPassages = 10_000;

type PassagesByRow = ReadonlyMap<bigint, Passage>;

/** The passages of a table's rows by row id; these are fixed for a table version. */
export class PassageRows {
  readonly #table: Table;
  readonly #small: boolean;
  #whole: Promise<PassagesByRow> | null = null;

  constructor(table: Table, passages: number) {
    this.#table = table;
    this.#small = passages <= keptPassages;
  }

  /** Holds at least the rows asked for that exist. */
  async read(rowIds: readonly bigint[]): Promise<PassagesByRow> {
    if (rowIds.length === 0) return new Map();
    if (!this.#small) return byRow(await this.#table.takeRowIds([...rowIds]).select(passageColumns).withRowId().toArray());
    this.#whole ??= this.#table.query().select(passageColumns).withRowId().toArray().then(byRow);
    return this.#whole;
  }
}

function byRow(rows: readonly unknown[]): PassagesByRow {
  return new Map(rows.map((row) => [(row as { _rowid: bigint })._rowid, readPassage(row)]));
}
