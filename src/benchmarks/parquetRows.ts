import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { plainValue } from "./plainValue.ts";

/** Rows of a parquet file, unchecked, as JSON would have them (see plainValue). */
export async function readParquetRows(filename: string): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(filename), compressors });
  return rows.map((row) => plainValue({ ...row }) as Record<string, unknown>);
}
