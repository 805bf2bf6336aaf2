import { CorpusError } from "./corpusError.ts";
import { PlanOvertakenError } from "./indexPlan.ts";
import type { IndexPlan } from "./indexPlan.ts";
import { openIndexWriter } from "./indexWriter.ts";
import type { IndexReport } from "./indexWriter.ts";
import { literatureCorpus } from "./literature.ts";
import type { VectorShape } from "./passageSchema.ts";
import { readReceipt, readShardIds, readShardRejects } from "./preparedShard.ts";
import type { Reject } from "./readers/recordResult.ts";
import { writeRejects } from "./rejects.ts";
import { checkAnyPassage, refuseRemovals } from "./removals.ts";
import type { OnRemovals } from "./removals.ts";
import { settleEditions, supersededIn } from "./settledEditions.ts";

/** Result of indexing files. */
export interface FileIndexReport extends IndexReport {
  readonly rejects: number;
  /** Documents replaced by a newer edition, and documents that the source deleted. */
  readonly replaced: number;
  readonly deleted: number;
  /** A sentence about files that no reader knows; null where there are none. */
  readonly passedOver: string | null;
}

/**
 * Removes what went from the sources, builds the indexes and declares the corpus complete. Throws CorpusError where no passage was
 * read. More than a few removals are for `onRemovals`, unless the request allows them.
 */
export async function completeIndex(
  folder: string,
  plan: IndexPlan,
  vectors: VectorShape | null,
  onRemovals: OnRemovals = refuseRemovals,
): Promise<FileIndexReport> {
  const { corpus, files, allowRemovals } = plan.request;
  const settled = await settleEditions(folder, plan);
  const ids = new Set<string>();
  for (const { key } of plan.shards) {
    const superseded = supersededIn(settled, key);
    for await (const { id, document } of readShardIds(folder, key)) if (!superseded.has(document)) ids.add(id);
  }
  const writer = await openIndexWriter(corpus, literatureCorpus, vectors);
  try {
    const missing = [...ids].filter((id) => !writer.stored.has(id)).length;
    if (missing > 0)
      throw new PlanOvertakenError(`${missing} prepared passages are not in the corpus; start the indexing again`);
    const { count: rejects } = await keepRejects(folder, plan);
    checkAnyPassage(ids.size, files);
    const { replaced, deleted } = settled.counts;
    return {
      ...(await writer.complete(ids, allowRemovals ? {} : { onRemovals })),
      rejects,
      replaced,
      deleted,
      passedOver: plan.passedOver,
    };
  } finally {
    writer.close();
  }
}

interface KeptRejects {
  readonly count: number;
  /** The one read last; null where there is none. */
  readonly last: Reject | null;
}

/** Writes the rejects of the shards prepared so far, then those of one that was not finished, to the corpus' table `rejects`. */
async function keepRejects(folder: string, plan: IndexPlan, unfinished: readonly Reject[] = []): Promise<KeptRejects> {
  const rejects = await writeRejects(plan.request.corpus);
  let last: Reject | null = null;
  const keep = (reject: Reject): Promise<void> => rejects.add((last = reject));
  for (const { key } of plan.shards) {
    if ((await readReceipt(folder, key)) === null) continue;
    for await (const reject of readShardRejects(folder, key)) await keep(reject);
  }
  for (const reject of unfinished) await keep(reject);
  return { count: await rejects.close(), last };
}

/** Keeps the rejects so far in the corpus' table and throws CorpusError with the reason and the last of them. */
export async function refuseIndex(
  folder: string,
  plan: IndexPlan,
  reason: string,
  unfinished: readonly Reject[] = [],
): Promise<never> {
  const { last } = await keepRejects(folder, plan, unfinished);
  const example = last === null ? "" : `; the last: ${last.file}, ${last.place}: ${last.reason}`;
  throw new CorpusError(`${reason}${example}; all are in the table rejects of ${plan.request.corpus}`);
}
