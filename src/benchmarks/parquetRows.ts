import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** Rows of a parquet file, unchecked; 64-bit integers become numbers. */
export async function readParquetRows(filename: string): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(filename), compressors });
  return rows.map((row) => plainObject(row));
}

function plainObject(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" && value !== null && value.constructor === Object ? plainObject(value) : value;
}
