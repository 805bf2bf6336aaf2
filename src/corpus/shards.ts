import { checkUnchanged, PlanOvertakenError } from "./indexPlan.ts";
import type { IndexPlan, Shard } from "./indexPlan.ts";
import { commitRows, commitRowsWithVectors } from "./indexer.ts";
import type { PassageEmbedder } from "./indexer.ts";
import { openIndexWriter } from "./indexWriter.ts";
import type { Grader } from "./grading.ts";
import type { FileIndexReport } from "./indexFiles.ts";
import type { IndexWriter, NewRow } from "./indexWriter.ts";
import type { NumberedPassage } from "./ingest.ts";
import { numberedPassagesOfFiles } from "./passages.ts";
import { openKnownIds } from "./knownIds.ts";
import { forgetShard, readReceipt, readShard, readShardIds, readShardRejects, writeShard } from "./preparedShard.ts";
import type { PreparedLine, ShardReceipt } from "./preparedShard.ts";
import { writeRejects } from "./rejects.ts";
import { checkAnyPassage, refuseRemovals } from "./removals.ts";
import { literatureCorpus } from "./literature.ts";
import { settleEditions, supersededIn } from "./settledEditions.ts";
import { searchedText } from "./passageSchema.ts";
import type { VectorShape } from "./passageSchema.ts";

/** Passages that are looked up and embedded together. */
const passagesAtOnce = 1000;

export interface ShardControl {
  readonly signal?: AbortSignal;
  /** Grades the documents' evidence; the text rules when left out. */
  readonly grader?: Grader;
  /** Passages of this call so far. */
  readonly onProgress?: (passages: number) => void;
}

/**
 * Reads, cuts and embeds the files of one shard into `folder`. The result appears in one step, so a killed attempt
 * leaves nothing that counts, and a repeated one finds what is done. What the corpus holds already is not embedded again.
 */
export async function prepareShard(
  folder: string,
  plan: IndexPlan,
  shard: Shard,
  embedder: PassageEmbedder | null,
  { signal, onProgress, grader }: ShardControl = {},
): Promise<ShardReceipt> {
  const before = await readReceipt(folder, shard.key);
  if (before !== null) return before;
  await checkUnchanged(shard);
  const known = await openKnownIds(plan.request.corpus, literatureCorpus, embedder);
  const writer = await writeShard(folder, shard.key);
  const counts = { records: 0, passages: 0, rejects: 0 };
  const write = async (passages: readonly NumberedPassage[]): Promise<void> => {
    signal?.throwIfAborted();
    for (const line of await linesOf(passages, await known.among(passages.map(({ passage }) => passage.id)), embedder))
      await writer.add(line);
    counts.passages += passages.length;
    onProgress?.(counts.passages);
  };
  try {
    let waiting: NumberedPassage[] = [];
    for await (const passage of numberedPassagesOfFiles(
      shard.files.map(({ path }) => path),
      {
        size: plan.request,
        maxRejectShare: 1,
        ...(grader !== undefined && { grade: grader.grade }),
        onRecord: () => void counts.records++,
        onEdition: (edition) => writer.edition(edition),
        onReject: (reject) => {
          counts.rejects++;
          return writer.reject(reject);
        },
      },
    )) {
      waiting.push(passage);
      if (waiting.length < passagesAtOnce) continue;
      await write(waiting);
      waiting = [];
    }
    await write(waiting);
    await checkUnchanged(shard);
    const receipt = { ...counts, grading: grader?.usage() ?? null };
    await writer.close(receipt);
    return receipt;
  } finally {
    await writer.abandon();
    known.close();
  }
}

async function linesOf(
  passages: readonly NumberedPassage[],
  known: ReadonlySet<string>,
  embedder: PassageEmbedder | null,
): Promise<PreparedLine[]> {
  const fresh = passages.filter(({ passage }) => !known.has(passage.id));
  const vectors = await embedder?.embed(fresh.map(({ passage }) => searchedText(passage, literatureCorpus)));
  const news = new Map(
    fresh.map(({ passage }, index) => [
      passage.id,
      { passage, ...(vectors?.[index] !== undefined && { vector: toBase64(vectors[index]) }) },
    ]),
  );
  return passages.map(({ passage: { id }, document }) => ({ id, document, ...news.get(id) }));
}

/** Takes prepared shards into the corpus, in order; rows that it holds are left alone. One at a time for a corpus. */
export async function commitShards(
  folder: string,
  plan: IndexPlan,
  shards: readonly Shard[],
  vectors: VectorShape | null,
  { signal, onProgress }: ShardControl = {},
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
    rows.set(id, { passage, ...(vector !== undefined && { vector: fromBase64(vector) }) });
    if (rows.size < atOnce) continue;
    yield [...rows.values()];
    rows = new Map();
  }
  yield [...rows.values()];
}

/** Removes what went from the sources, builds the indexes and declares the corpus complete. */
export async function completeIndex(
  folder: string,
  plan: IndexPlan,
  vectors: VectorShape | null,
): Promise<Omit<FileIndexReport, "passedOver">> {
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
    const rejects = await keepRejects(folder, plan);
    checkAnyPassage(ids.size, files);
    const { replaced, deleted } = settled.counts;
    return {
      ...(await writer.complete(ids, allowRemovals ? {} : { onRemovals: refuseRemovals })),
      rejects,
      replaced,
      deleted,
    };
  } finally {
    writer.close();
  }
}

/** Writes the rejects of the shards prepared so far to the corpus' table `rejects`; returns how many there are. */
export async function keepRejects(folder: string, plan: IndexPlan): Promise<number> {
  const rejects = await writeRejects(plan.request.corpus);
  for (const { key } of plan.shards) {
    if ((await readReceipt(folder, key)) === null) continue;
    for await (const reject of readShardRejects(folder, key)) await rejects.add(reject);
  }
  return rejects.close();
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

function fromBase64(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
