import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { openParquet } from "../files/openParquet.ts";

/** Rows of a parquet file, unchecked, values as the file has them. */
export async function readParquetRows(filename: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ ...(await openParquet(filename)), compressors });
}
