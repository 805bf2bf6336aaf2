import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileIndexReport } from "../../src/corpus/completeIndex.ts";
import { indexFiles, type FileIndexControl } from "../../src/corpus/indexFiles.ts";
import { IndexRequest } from "../../src/corpus/indexRequest.ts";

/** Indexes files into a corpus as `npm run index` does; `more` are further fields of the request. Nothing that is prepared stays. */
export async function indexInto(
  corpus: string,
  files: string,
  more: Omit<Partial<IndexRequest>, "files" | "corpus"> = {},
  control: FileIndexControl = {},
): Promise<FileIndexReport> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-prepared-"));
  try {
    return await indexFiles(folder, IndexRequest.parse({ files, corpus, ...more }), control);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
