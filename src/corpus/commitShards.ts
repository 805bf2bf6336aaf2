import { commitRows, commitRowsWithVectors } from "./indexer.ts";
import { PlanOvertakenError } from "./indexPlan.ts";
import type { IndexPlan, Shard } from "./indexPlan.ts";
import { openIndexWriter } from "./indexWriter.ts";
import type { IndexWriter, NewRow } from "./indexWriter.ts";
import { literatureCorpus } from "./literature.ts";
import type { VectorShape } from "./passageSchema.ts";
import { forgetShard, readShard, vectorFromText } from "./preparedShard.ts";
import { settleEditions, supersededIn } from "./settledEditions.ts";

export interface CommitControl {
  readonly signal?: AbortSignal;
  /** Passages added so far by this call. */
  readonly onProgress?: (passages: number) => void;
}

/** Takes prepared shards into the corpus, in order; rows that it holds are left alone. One at a time for a corpus. */
export async function commitShards(
  folder: string,
  plan: IndexPlan,
  shards: readonly Shard[],
  vectors: VectorShape | null,
  { signal, onProgress }: CommitControl = {},
): Promise<{ readonly added: number }> {
  const settled = await settleEditions(folder, plan);
  const writer = await openIndexWriter(plan.request.corpus, literatureCorpus, vectors);
  try {
    const before = writer.stored.size;
    let passages = 0;
    for (const { key } of shards) {
      for await (const rows of newRows(
        { folder, key, superseded: supersededIn(settled, key) },
        writer,
        vectors === null ? commitRows : commitRowsWithVectors,
      )) {
        if (rows.length === 0) continue;
        signal?.throwIfAborted();
        await writer.add(rows);
        onProgress?.((passages += rows.length));
      }
    }
    return { added: writer.stored.size - before };
  } finally {
    writer.close();
  }
}

interface SettledShard {
  readonly folder: string;
  readonly key: string;
  readonly superseded: ReadonlySet<number>;
}

async function* newRows(
  { folder, key, superseded }: SettledShard,
  { stored }: IndexWriter,
  atOnce: number,
): AsyncIterable<NewRow[]> {
  let rows = new Map<string, NewRow>();
  for await (const { id, document, passage, vector } of readShard(folder, key)) {
    if (superseded.has(document) || stored.has(id) || rows.has(id)) continue;
    if (passage === undefined) {
      await forgetShard(folder, key);
      throw new PlanOvertakenError(
        `the passage ${id} went from the corpus while it was being indexed; start the indexing again`,
      );
    }
    rows.set(id, { passage, ...(vector !== undefined && { vector: vectorFromText(vector) }) });
    if (rows.size < atOnce) continue;
    yield [...rows.values()];
    rows = new Map();
  }
  yield [...rows.values()];
}
