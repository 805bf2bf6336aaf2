import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { messageOf } from "../domain/messageOf.ts";

/** An open parquet file and what its end says of it. Throws for what is no parquet file, or was cut. */
export async function openParquet(
  path: string,
): Promise<{ readonly file: AsyncBuffer; readonly metadata: FileMetaData }> {
  const file = await asyncBufferFromFile(path);
  try {
    return { file, metadata: await parquetMetadataAsync(file) };
  } catch (error) {
    // Damaged bytes end in errors of any kind; those of JavaScript itself say nothing to a reader.
    const told = error instanceof TypeError || error instanceof RangeError ? "its end is damaged" : messageOf(error);
    throw new Error(`not a parquet file, or a cut one (${told})`, { cause: error });
  }
}
