import { condition } from "@temporalio/workflow";
import type { CompletedIndex } from "../activities/corpus.ts";
import type { Usage } from "../src/services/languageModel.ts";
import { indexing as limits } from "../temporal.config.ts";
import { addUsage, showIndexProgress, type IndexProgress } from "./indexProgress.ts";
import { cpu, indexing } from "./proxies.ts";
import { tooManyRejects } from "../src/corpus/rejectShare.ts";

/** Reads, cuts and embeds the shards side by side; returns early when the history is full. */
export async function prepareShards(start: IndexProgress, shardsPerHistory: number): Promise<IndexProgress> {
  let progress = start;
  let underWay = 0;
  let failure: unknown = null;
  const prepare = async (shard: number): Promise<void> => {
    try {
      const { records, rejects, passages, grading } = await indexing.prepareShard.executeWithOptions(
        { summary: `prepare shard ${shard + 1} of ${start.shards}` },
        [{ corpus: start.corpus, shard }],
      );
      progress = {
        ...progress,
        records: progress.records + records,
        rejects: progress.rejects + rejects,
        passages: progress.passages + passages,
        grading: addUsage(progress.grading, grading),
      };
      showIndexProgress(progress, "preparing");
    } catch (error) {
      failure ??= error;
    } finally {
      underWay--;
    }
  };
  while (
    progress.prepared < start.shards &&
    failure === null &&
    tooManyRejects(progress, start.maxRejects, false) === null &&
    progress.prepared - start.prepared < shardsPerHistory
  ) {
    underWay++;
    void prepare(progress.prepared);
    progress = { ...progress, prepared: progress.prepared + 1 };
    await condition(() => underWay < limits.shardsAtOnce);
  }
  await condition(() => underWay === 0);
  if (failure !== null) throw failure;
  const tooMany = tooManyRejects(progress, start.maxRejects, progress.prepared === start.shards);
  if (tooMany !== null) await cpu.refuseCorpus({ corpus: start.corpus, message: tooMany });
  return progress;
}

/** Takes the prepared shards into the table, one commit after another. */
export async function commitShards(start: IndexProgress): Promise<IndexProgress> {
  let progress = start;
  while (progress.committed < start.shards) {
    const [from, to] = [progress.committed, Math.min(progress.committed + limits.shardsPerCommit, start.shards)];
    await indexing.commitShards.executeWithOptions(
      { summary: `take in shards ${from + 1} to ${to} of ${start.shards}` },
      [{ corpus: start.corpus, from, to }],
    );
    progress = { ...progress, committed: to };
    showIndexProgress(progress, "taking in");
  }
  return progress;
}

/** What the indexing of files came to. */
export interface IndexedFiles extends CompletedIndex {
  /** Null where no language model graded. */
  readonly grading: Usage | null;
}

/** Builds the indexes and declares the corpus complete. */
export async function completeCorpus(progress: IndexProgress): Promise<IndexedFiles> {
  showIndexProgress(progress, "building the indexes");
  const indexed = await indexing.completeCorpus.executeWithOptions({ summary: "build the indexes" }, [
    { corpus: progress.corpus },
  ]);
  await cpu.clearShards.executeWithOptions({ summary: "clear away what was prepared" }, [{ corpus: progress.corpus }]);
  showIndexProgress({ ...progress, passages: indexed.passages }, "complete");
  return { ...indexed, grading: progress.grading ?? null };
}
