import type { Table } from "@lancedb/lancedb";
import type { RecordBatch } from "apache-arrow";
import type { Passage } from "../domain/passage.ts";
import { passageColumns, readPassages } from "./table.ts";

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
    if (!this.#small) return byRow(this.#table.takeRowIds([...rowIds]).select(passageColumns).withRowId());
    this.#whole ??= byRow(this.#table.query().select(passageColumns).withRowId());
    return this.#whole;
  }

  /** Passage ids of rows, by row id. */
  async ids(rowIds: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
    if (this.#small || rowIds.length === 0) return new Map(Array.from(await this.read(rowIds), ([row, { id }]) => [row, id]));
    const ids = new Map<bigint, string>();
    for await (const batch of this.#table.takeRowIds([...rowIds]).select(["id"]).withRowId()) {
      const [rows, found] = [batch.getChild("_rowid"), batch.getChild("id")];
      for (let place = 0; place < batch.numRows; place++) ids.set(rows?.get(place) as bigint, String(found?.get(place)));
    }
    return ids;
  }
}

async function byRow(batches: AsyncIterable<RecordBatch>): Promise<PassagesByRow> {
  const found = new Map<bigint, Passage>();
  for await (const batch of batches) {
    for (const [place, passage] of readPassages(batch).entries()) found.set(batch.getChild("_rowid")?.get(place) as bigint, passage);
  }
  return found;
}
