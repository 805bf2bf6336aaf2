import { Table } from "apache-arrow";
import type { RecordBatch, Schema } from "apache-arrow";
import { createRest } from "../eventLoop/rest.ts";
import { arrowTable } from "../trajectories/arrowRows.ts";
import type { Row } from "../trajectories/arrowRows.ts";

/** Rows that go over to Arrow in one piece. */
const rowsAtOnce = 500;

/** Rows as one Arrow table, yielding to the event loop: a commit's ten thousand take a third of a second. */
export async function passageTable(schema: Schema, rows: readonly Row[]): Promise<Table> {
  const rest = createRest();
  const batches: RecordBatch[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    batches.push(...arrowTable(schema, rows.slice(start, start + rowsAtOnce)).batches);
    await rest();
  }
  return new Table(schema, batches);
}
