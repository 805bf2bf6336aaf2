import { basename } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { openParquet } from "../../files/openParquet.ts";
import { readRecord } from "./recordFields.ts";
import { rejected } from "./recordResult.ts";
import type { ReadResult } from "./recordResult.ts";

/** Rows held at a time. */
const rowsAtOnce = 1000;

/** Reads a parquet file whose columns are MedRAG's or Search-R1's fields. */
export async function* readParquet(path: string): AsyncIterable<ReadResult> {
  const source = basename(path).replace(/\.parquet$/i, "");
  const { file, metadata } = await openParquet(path);
  const total = Number(metadata.num_rows);
  for (let start = 0; start < total; start += rowsAtOnce) {
    const end = Math.min(start + rowsAtOnce, total);
    const rows = await parquetReadObjects({ file, metadata, rowStart: start, rowEnd: end, compressors });
    for (const [index, row] of rows.entries()) yield readRow(path, `row ${start + index + 1}`, row, source);
  }
}

function readRow(file: string, place: string, row: Record<string, unknown>, source: string): ReadResult {
  try {
    return readRecord(row, source);
  } catch (error) {
    return rejected(file, place, error);
  }
}
