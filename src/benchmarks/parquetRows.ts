import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** Rows of a parquet file, unchecked, values as the file has them. */
export async function readParquetRows(filename: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(filename), compressors });
}
