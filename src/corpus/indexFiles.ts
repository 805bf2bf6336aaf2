import type { Passage } from "../domain/passage.ts";
import type { EditionCounts } from "./editions.ts";
import { indexPassages } from "./indexer.ts";
import type { IndexControl } from "./indexer.ts";
import type { IndexReport } from "./indexWriter.ts";
import { passagesOfFiles } from "./passages.ts";
import type { IngestOptions } from "./ingest.ts";
import { describePassedOver, findCorpusFiles } from "./readers/read.ts";
import { literatureCorpus } from "./literature.ts";
import { writeRejects } from "./rejects.ts";
import { checkAnyPassage, refuseRemovals } from "./removals.ts";

export type FileIndexControl = Omit<IndexControl, "settings"> &
  Pick<IngestOptions, "size" | "maxRejectShare" | "grade">;

/** Result of indexing files. */
export interface FileIndexReport extends IndexReport {
  readonly rejects: number;
  /** Documents replaced by a newer edition, and documents that the source deleted. */
  readonly replaced: number;
  readonly deleted: number;
  /** What is to be said of files that no reader knows; null where there are none. */
  readonly passedOver: string | null;
}

/**
 * Indexes the files at `path` (one file, or all known ones below a folder) into `folder`; rejects go to its table `rejects`.
 * Nothing is removed where no passage is read; more than a few removals are refused unless `onRemovals` allows them.
 */
export async function indexFiles(
  folder: string,
  path: string,
  control: FileIndexControl = {},
): Promise<FileIndexReport> {
  const found = await findCorpusFiles(path);
  const { files } = found;
  const rejects = await writeRejects(folder);
  let count = 0;
  let report: IndexReport;
  let editions: EditionCounts | null = null;
  async function* passages(): AsyncIterable<Passage> {
    let any = 0;
    for await (const passage of passagesOfFiles(files, {
      ...control,
      onSurvey: (counts) => void (editions = counts),
      onReject: (reject) => rejects.add(reject),
    })) {
      any++;
      yield passage;
    }
    checkAnyPassage(any, path);
  }
  try {
    report = await indexPassages(folder, passages(), {
      settings: literatureCorpus,
      onRemovals: refuseRemovals,
      ...control,
    });
  } finally {
    count = await rejects.close();
  }
  const { replaced, deleted } = editions ?? { replaced: 0, deleted: 0 };
  return { ...report, rejects: count, replaced, deleted, passedOver: describePassedOver(found) };
}
