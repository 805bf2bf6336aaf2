import type { Passage } from "../domain/passage.ts";
import { checkUnchanged, PlanOvertakenError } from "./indexPlan.ts";
import type { IndexPlan, Shard } from "./indexPlan.ts";
import { commitRows, commitRowsWithVectors } from "./indexer.ts";
import type { PassageEmbedder } from "./indexer.ts";
import { openIndexWriter } from "./indexWriter.ts";
import type { IndexReport, IndexWriter, NewRow } from "./indexWriter.ts";
import { passagesOfFiles } from "./passages.ts";
import { openKnownIds } from "./knownIds.ts";
import type { Grader } from "./levelByModel.ts";
import { forgetShard, readReceipt, readShard, readShardIds, readShardRejects, writeShard } from "./preparedShard.ts";
import type { PreparedLine, ShardReceipt } from "./preparedShard.ts";
import { writeRejects } from "./rejects.ts";
import { englishCorpus } from "./settings.ts";
import { searchedText } from "./table.ts";
import type { VectorShape } from "./table.ts";

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
export async function prepareShard(folder: string, plan: IndexPlan, shard: Shard, embedder: PassageEmbedder | null, { signal, onProgress, grader }: ShardControl = {}): Promise<ShardReceipt> {
  const before = await readReceipt(folder, shard.key);
  if (before !== null) return before;
  await checkUnchanged(shard);
  const known = await openKnownIds(plan.request.corpus, englishCorpus, embedder);
  const writer = await writeShard(folder, shard.key);
  const counts = { records: 0, passages: 0, rejects: 0 };
  const write = async (passages: readonly Passage[]): Promise<void> => {
    signal?.throwIfAborted();
    for (const line of await linesOf(passages, await known.among(passages.map(({ id }) => id)), embedder)) await writer.add(line);
    counts.passages += passages.length;
    onProgress?.(counts.passages);
  };
  try {
    let waiting: Passage[] = [];
    for await (const passage of passagesOfFiles(shard.files.map(({ path }) => path), {
      size: plan.request,
      maxRejectShare: 1,
      ...(grader !== undefined && { grade: grader.grade }),
      onRecord: () => void counts.records++,
      onReject: (reject) => {
        counts.rejects++;
        return writer.reject(reject);
      },
    })) {
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

async function linesOf(passages: readonly Passage[], known: ReadonlySet<string>, embedder: PassageEmbedder | null): Promise<PreparedLine[]> {
  const fresh = passages.filter(({ id }) => !known.has(id));
  const vectors = await embedder?.embed(fresh.map((passage) => searchedText(passage, englishCorpus)));
  const lines = new Map(fresh.map((passage, index) => [passage.id, { id: passage.id, passage, ...(vectors?.[index] !== undefined && { vector: toBase64(vectors[index]) }) }]));
  return passages.map(({ id }) => lines.get(id) ?? { id });
}

/** Takes prepared shards into the corpus, in order; rows that it holds are left alone. One at a time for a corpus. */
export async function commitShards(folder: string, plan: IndexPlan, shards: readonly Shard[], vectors: VectorShape | null, { signal, onProgress }: ShardControl = {}): Promise<{ readonly added: number }> {
  const writer = await openIndexWriter(plan.request.corpus, englishCorpus, vectors);
  try {
    const before = writer.stored.size;
    let passages = 0;
    for (const { key } of shards) {
      for await (const rows of newRows(folder, key, writer, vectors === null ? commitRows : commitRowsWithVectors)) {
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

async function* newRows(folder: string, key: string, { stored }: IndexWriter, atOnce: number): AsyncIterable<NewRow[]> {
  let rows = new Map<string, NewRow>();
  for await (const { id, passage, vector } of readShard(folder, key)) {
    if (stored.has(id) || rows.has(id)) continue;
    if (passage === undefined) {
      await forgetShard(folder, key);
      throw new PlanOvertakenError(`the passage ${id} went from the corpus while it was being indexed; start the indexing again`);
    }
    rows.set(id, { passage, ...(vector !== undefined && { vector: fromBase64(vector) }) });
    if (rows.size < atOnce) continue;
    yield [...rows.values()];
    rows = new Map();
  }
  yield [...rows.values()];
}

/** Removes what went from the sources, builds the indexes and declares the corpus complete. */
export async function completeIndex(folder: string, plan: IndexPlan, vectors: VectorShape | null): Promise<IndexReport & { readonly rejects: number }> {
  const { corpus } = plan.request;
  const ids = new Set<string>();
  for (const { key } of plan.shards) for await (const id of readShardIds(folder, key)) ids.add(id);
  const writer = await openIndexWriter(corpus, englishCorpus, vectors);
  try {
    const missing = [...ids].filter((id) => !writer.stored.has(id)).length;
    if (missing > 0) throw new PlanOvertakenError(`${missing} prepared passages are not in the corpus; start the indexing again`);
    const rejects = await keepRejects(folder, plan);
    return { ...(await writer.complete(ids)), rejects };
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
