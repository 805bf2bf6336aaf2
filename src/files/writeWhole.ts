import { rename, writeFile } from "node:fs/promises";

/** Writes a text file of which every reader sees the old content or all of the new. `flush`: the text is on the disk before it is seen. */
export async function writeWhole(path: string, text: string, { flush = false } = {}): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, text, { flush });
  await rename(unfinished, path);
}
