import { rm } from "node:fs/promises";
import { commitShards } from "./commitShards.ts";
import { completeIndex, refuseIndex } from "./completeIndex.ts";
import type { FileIndexReport } from "./completeIndex.ts";
import { connectToWrite } from "./corpusUri.ts";
import { commitRows, commitRowsWithVectors } from "./indexer.ts";
import type { PassageEmbedder } from "./indexer.ts";
import { makePlan } from "./indexPlan.ts";
import type { IndexPlan } from "./indexPlan.ts";
import type { IndexRequest } from "./indexRequest.ts";
import { prepareShard } from "./prepareShard.ts";
import type { ShardControl, ShardCounts } from "./prepareShard.ts";
import { findCorpusFiles } from "./readers/read.ts";
import type { Reject } from "./readers/recordResult.ts";
import { tooManyRejects } from "./rejectShare.ts";
import type { OnRemovals } from "./removals.ts";
import { whileWriting, type WritingOptions } from "./whileWriting.ts";

export interface FileIndexControl extends Pick<ShardControl, "grader">, WritingOptions {
  /** Gives each passage a vector; without one, full text alone serves. */
  readonly embedder?: PassageEmbedder;
  /** Asked before more than a few passages are removed, unless the request allows it; throws to refuse, as it does when left out. */
  readonly onRemovals?: OnRemovals;
  /** Passages prepared so far, then new passages taken in. */
  readonly onProgress?: (passages: number, phase: "prepared" | "taken in") => void;
}

/**
 * Indexes the files of a request in this process: plans shards, prepares one after the other, takes them in and completes the
 * corpus; one process of a machine at a time in a corpus, others wait. `folder` keeps what is prepared until the corpus is complete, so that a run after a kill finds it. Rejects go to the
 * corpus' table `rejects`; too many of them, and files without any passage, are a CorpusError and leave the corpus as it is.
 */
export async function indexFiles(
  folder: string,
  request: IndexRequest,
  control: FileIndexControl = {},
): Promise<FileIndexReport> {
  // Files that give nothing, and a corpus that cannot be written, are refused before the work.
  await findCorpusFiles(request.files);
  await connectToWrite(request.corpus);
  return whileWriting(request.corpus, control, () => indexAlone(folder, request, control));
}

async function indexAlone(folder: string, request: IndexRequest, control: FileIndexControl): Promise<FileIndexReport> {
  const { embedder = null, signal, onRemovals, onProgress } = control;
  const plan = await makePlan(folder, request);
  await prepareShards(folder, plan, control);
  const { added } = await commitShards(folder, plan, plan.shards, embedder, {
    ...(signal !== undefined && { signal }),
    onProgress: (passages) => onProgress?.(passages, "taken in"),
  });
  const report = await completeIndex(folder, plan, embedder, onRemovals);
  await rm(folder, { recursive: true, force: true });
  return { ...report, added };
}

async function prepareShards(
  folder: string,
  plan: IndexPlan,
  { embedder, onProgress, ...control }: FileIndexControl,
): Promise<void> {
  const tell = everySo(embedder === undefined ? commitRows : commitRowsWithVectors, (passages) =>
    onProgress?.(passages, "prepared"),
  );
  let done: ShardCounts = { records: 0, rejects: 0, passages: 0 };
  const judge = async (counts: ShardCounts, rejects: readonly Reject[], atEnd: boolean): Promise<void> => {
    const reason = tooManyRejects(counts, plan.request.maxRejects, atEnd);
    if (reason !== null) await refuseIndex(folder, plan, reason, rejects);
  };
  for (const shard of plan.shards) {
    const before = done;
    const rejects: Reject[] = [];
    const receipt = await prepareShard(folder, plan, shard, embedder ?? null, {
      ...control,
      onProgress: (passages) => tell(before.passages + passages),
      onReject: (reject, counts) => {
        rejects.push(reject);
        return judge(sum(before, counts), rejects, false);
      },
    });
    done = sum(before, receipt);
  }
  await judge(done, [], true);
  onProgress?.(done.passages, "prepared");
}

function sum(one: ShardCounts, other: ShardCounts): ShardCounts {
  return {
    records: one.records + other.records,
    rejects: one.rejects + other.rejects,
    passages: one.passages + other.passages,
  };
}

/** Passes a count on when it has grown by at least `step` since the last time. */
function everySo(step: number, tell: (count: number) => void): (count: number) => void {
  let told = 0;
  return (count) => {
    if (count < told + step) return;
    told = count;
    tell(count);
  };
}
