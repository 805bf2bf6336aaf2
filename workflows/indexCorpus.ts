import { continueAsNew, patched, sleep, upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import { most } from "../src/configuration/bounds.ts";
import { RunName } from "../src/configuration/runName.ts";
import type { IndexedCorpus, PlannedIndex } from "../activities/corpus.ts";
import { indexing, searchAttributes } from "../temporal.config.ts";
import { unwrapped } from "./faults.ts";
import { commitShards, completeCorpus, prepareShards } from "./indexFiles.ts";
import type { IndexProgress } from "./indexProgress.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { summaryText } from "../src/output/markdown.ts";

const RunInput = z.strictObject({ run: RunName });
/** Files and the corpus they go to; the first activity checks the other fields. */
export const FilesInput = z.looseObject({
  /** Shards prepared in one history before the workflow continues as new. */
  shardsPerHistory: z
    .number()
    .int()
    .min(1)
    .max(...most(5000, "a history holds 51,200 events, some 6 a shard"))
    .default(indexing.shardsPerHistory),
});
export type IndexCorpusInput = z.input<typeof RunInput> | z.input<typeof FilesInput>;

/**
 * Makes a corpus searchable: that of a run's data set (`{run}`), or one of files (`{files, corpus, …}`, the options of
 * `npm run index`). What is there already is left alone. `carried` is set by the workflow itself.
 */
export async function indexCorpus(
  input: IndexCorpusInput,
  carried: IndexProgress | null = null,
): Promise<IndexedCorpus> {
  if (parseInput(z.looseObject({}), input)["run"] !== undefined)
    return indexRun(parseInput(RunInput, input).run, carried);
  return indexFiles(parseInput(FilesInput, input), carried);
}

async function indexRun(run: string, carried: IndexProgress | null): Promise<IndexedCorpus> {
  if (patched("search attribute of indexing")) upsertSearchAttributes([{ key: searchAttributes.run, value: run }]);
  if (!patched("runs indexed by shards")) return indexWhole(run);
  if (carried !== null) return indexShards(carried, indexing.shardsPerHistory, { run });
  for (;;) {
    const found = await unwrapped(
      cpu.planRunCorpus.executeWithOptions({ summary: "look at the run's corpus" }, [
        { run, parent: workflowInfo().parent?.workflowId ?? null },
      ]),
    );
    if (found.kind === "whole") return indexWhole(run);
    if (found.kind === "complete") return found.indexed;
    if (found.kind === "shards") return indexShards(begun(found.plan), indexing.shardsPerHistory, { run });
    await sleep(indexing.patience, { summary: `${summaryText(found.workflow)} is indexing this corpus` });
  }
}

function indexWhole(run: string): Promise<IndexedCorpus> {
  return cpu.indexCorpus.executeWithOptions({ summary: "index the passages" }, [{ run }]);
}

async function indexFiles(
  settings: z.output<typeof FilesInput>,
  carried: IndexProgress | null,
): Promise<IndexedCorpus> {
  const { shardsPerHistory, ...request } = settings;
  return indexShards(carried ?? (await plan(request)), shardsPerHistory, settings);
}

/** Shards are prepared side by side, over as many histories as it takes, and taken in by one writer. */
async function indexShards(
  start: IndexProgress,
  shardsPerHistory: number,
  input: IndexCorpusInput,
): Promise<IndexedCorpus> {
  upsertSearchAttributes([{ key: searchAttributes.corpus, value: start.corpus }]);
  const prepared = await prepareShards(start, shardsPerHistory);
  if (prepared.prepared < prepared.shards) return continueAsNew<typeof indexCorpus>(input, prepared);
  return completeCorpus(await commitShards(prepared));
}

function begun(planned: PlannedIndex): IndexProgress {
  return { ...planned, prepared: 0, committed: 0, records: 0, rejects: 0, passages: 0 };
}

async function plan(request: Record<string, unknown>): Promise<IndexProgress> {
  return begun(
    await unwrapped(cpu.planCorpus.executeWithOptions({ summary: "divide the files into shards" }, [request])),
  );
}
