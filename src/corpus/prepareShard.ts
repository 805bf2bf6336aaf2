import type { Grader } from "./grading.ts";
import type { PassageEmbedder } from "./indexer.ts";
import { checkUnchanged } from "./indexPlan.ts";
import type { IndexPlan, Shard } from "./indexPlan.ts";
import type { NumberedPassage } from "./ingest.ts";
import { openKnownIds } from "./knownIds.ts";
import { literatureCorpus } from "./literature.ts";
import { numberedPassagesOfFiles } from "./passages.ts";
import { searchedText } from "./passageSchema.ts";
import { readReceipt, vectorToText, writeShard } from "./preparedShard.ts";
import type { PreparedLine, ShardReceipt } from "./preparedShard.ts";
import type { Reject } from "./readers/recordResult.ts";
import { openUnfinishedVectors } from "./unfinishedVectors.ts";

/** Passages that are looked up and embedded together. */
const passagesAtOnce = 1000;

/** What was read of a shard. */
export type ShardCounts = Pick<ShardReceipt, "records" | "rejects" | "passages">;

export interface ShardControl {
  readonly signal?: AbortSignal;
  /** Grades the documents' evidence; the text rules when left out. */
  readonly grader?: Grader;
  /** Passages of this call so far. */
  readonly onProgress?: (passages: number) => void;
  /** Told of each reject with the shard's counts so far; throws to stop. */
  readonly onReject?: (reject: Reject, counts: ShardCounts) => void | Promise<void>;
}

/**
 * Reads, cuts and embeds the files of one shard into `folder`. The result appears in one step, so a killed attempt
 * leaves nothing that counts, and a repeated one finds what is done. What the corpus holds already is not embedded again,
 * nor what a killed attempt embedded.
 */
export async function prepareShard(
  folder: string,
  plan: IndexPlan,
  shard: Shard,
  embedder: PassageEmbedder | null,
  { signal, onProgress, onReject, grader }: ShardControl = {},
): Promise<ShardReceipt> {
  const before = await readReceipt(folder, shard.key);
  if (before !== null) return before;
  await checkUnchanged(shard);
  const known = await openKnownIds(plan.request.corpus, literatureCorpus, embedder);
  const unfinished = openUnfinishedVectors(folder, shard.key);
  const writer = await writeShard(folder, shard.key);
  const counts = { records: 0, passages: 0, rejects: 0 };
  const write = async (passages: readonly NumberedPassage[]): Promise<void> => {
    signal?.throwIfAborted();
    const ids = passages.map(({ passage }) => passage.id);
    const made = { known: await known.among(ids), vectors: await unfinished.next(ids) };
    for (const line of await linesOf(passages, made, embedder)) await writer.add(line);
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
        onReject: async (reject) => {
          counts.rejects++;
          await writer.reject(reject);
          await onReject?.(reject, counts);
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
    await unfinished.close();
    known.close();
  }
}

/** What is there before a passage is embedded. */
interface Made {
  /** Ids of passages that the corpus holds. */
  readonly known: ReadonlySet<string>;
  /** Vectors of a killed attempt by id. */
  readonly vectors: ReadonlyMap<string, string>;
}

async function linesOf(
  passages: readonly NumberedPassage[],
  { known, vectors }: Made,
  embedder: PassageEmbedder | null,
): Promise<PreparedLine[]> {
  const wanted = passages.filter(({ passage }) => !known.has(passage.id) && !vectors.has(passage.id));
  const embedded = await embedder?.embed(wanted.map(({ passage }) => searchedText(passage, literatureCorpus)));
  const all = new Map(vectors);
  for (const [index, vector] of (embedded ?? []).entries())
    all.set(wanted[index]?.passage.id ?? "", vectorToText(vector));
  return passages.map(({ passage, document }) => {
    const { id } = passage;
    if (known.has(id)) return { id, document };
    const vector = all.get(id);
    return { id, document, passage, ...(vector !== undefined && { vector }) };
  });
}
