import { writeFile } from "node:fs/promises";
import { replaceWhole } from "./replaceWhole.ts";

/** Writes a text file of which every reader sees the old content or all of the new. `flush`: the text is on the disk before it is seen. */
export function writeWhole(path: string, text: string, { flush = false } = {}): Promise<void> {
  return replaceWhole(path, (unfinished) => writeFile(unfinished, text, { flush }));
}
