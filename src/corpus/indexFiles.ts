import { indexPassages } from "./indexer.ts";
import type { IndexControl } from "./indexer.ts";
import type { IndexReport } from "./indexWriter.ts";
import { passagesOfFiles } from "./passages.ts";
import type { IngestOptions } from "./ingest.ts";
import { corpusFiles } from "./readers/read.ts";
import { writeRejects } from "./rejects.ts";

export type FileIndexControl = IndexControl & Pick<IngestOptions, "size" | "maxRejectShare" | "grade">;

/** Indexes the files at `path` (one file, or all known ones below a folder) into `folder`; rejects go to its table `rejects`. */
export async function indexFiles(folder: string, path: string, control: FileIndexControl = {}): Promise<IndexReport & { readonly rejects: number }> {
  const files = await corpusFiles(path);
  const rejects = await writeRejects(folder);
  let count = 0;
  let report: IndexReport;
  try {
    report = await indexPassages(folder, passagesOfFiles(files, { ...control, onReject: (reject) => rejects.add(reject) }), control);
  } finally {
    count = await rejects.close();
  }
  return { ...report, rejects: count };
}
