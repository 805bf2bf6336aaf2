import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { Passage } from "../domain/passage.ts";
import { defaultChunkSize } from "./chunker.ts";
import type { ChunkSize } from "./chunker.ts";
import { indexPassages } from "./indexer.ts";
import type { IndexControl, IndexReport } from "./indexer.ts";
import { readPassages } from "./ingest.ts";
import { writeRejects } from "./rejects.ts";

/** A file of a corpus on its way to being indexed; shards are prepared side by side and taken in by one writer. */
export const PreparedShard = z.strictObject({
  file: z.string(),
  /** Where its passages lie, one JSON object a line. */
  prepared: z.string(),
  passages: z.number().int().min(0),
  rejects: z.array(z.strictObject({ file: z.string(), place: z.string(), reason: z.string() })),
});
export type PreparedShard = z.infer<typeof PreparedShard>;

export interface ShardOptions {
  readonly size?: ChunkSize;
  readonly maxRejectShare?: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads and cuts one file into `<folder>/shards`. The result appears in one step, so a killed attempt leaves nothing
 * that counts, and a repeated one finds what is done. A file that changed is prepared anew.
 */
export async function prepareShard(folder: string, file: string, { size = defaultChunkSize, maxRejectShare, signal }: ShardOptions = {}): Promise<PreparedShard> {
  const { size: bytes, mtimeMs } = await stat(file);
  const key = createHash("sha256").update(JSON.stringify([file, bytes, mtimeMs, size.maxTokens, size.overlapTokens])).digest("hex").slice(0, 32);
  const shards = join(folder, "shards");
  const [prepared, receipt] = [join(shards, `${key}.jsonl`), join(shards, `${key}.json`)];
  const before = await readFile(receipt, "utf8").catch(() => null);
  if (before !== null) return PreparedShard.parse(JSON.parse(before));
  await mkdir(shards, { recursive: true });
  const temporary = `${prepared}.${process.pid}`;
  const rejects: PreparedShard["rejects"] = [];
  const passages = await writePassages(temporary, readPassages([file], { size, ...(maxRejectShare !== undefined && { maxRejectShare }), onReject: (reject) => void rejects.push({ ...reject }) }), signal);
  const shard = { file, prepared, passages, rejects };
  await rename(temporary, prepared);
  await writeFile(`${receipt}.${process.pid}`, JSON.stringify(shard));
  await rename(`${receipt}.${process.pid}`, receipt);
  return shard;
}

/** Indexes prepared shards as the whole content of the corpus, in the order given, and clears them away. One writer a folder. */
export async function indexShards(folder: string, shards: readonly PreparedShard[], control: IndexControl = {}): Promise<IndexReport & { readonly rejects: number }> {
  const report = await indexPassages(folder, readPrepared(shards), control);
  const rejects = await writeRejects(folder);
  for (const shard of shards) for (const reject of shard.rejects) await rejects.add(reject);
  const count = await rejects.close();
  await rm(join(folder, "shards"), { recursive: true, force: true });
  return { ...report, rejects: count };
}

/** Written through a buffer of whole lines. */
async function writePassages(path: string, passages: AsyncIterable<Passage>, signal: AbortSignal | undefined): Promise<number> {
  const file = await open(path, "w");
  try {
    let lines: string[] = [];
    let count = 0;
    for await (const passage of passages) {
      signal?.throwIfAborted();
      lines.push(`${JSON.stringify(passage)}\n`);
      count += 1;
      if (lines.length < 1000) continue;
      await file.write(lines.join(""));
      lines = [];
    }
    await file.write(lines.join(""));
    await file.sync();
    return count;
  } finally {
    await file.close();
  }
}

async function* readPrepared(shards: readonly PreparedShard[]): AsyncIterable<Passage> {
  for (const { prepared } of shards) {
    for await (const line of createInterface({ input: createReadStream(prepared), crlfDelay: Infinity })) yield Passage.parse(JSON.parse(line));
  }
}
