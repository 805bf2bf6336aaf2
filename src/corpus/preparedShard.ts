import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { Passage } from "../domain/passage.ts";
import { temporaryName, temporaryPrefix, writeAtomically } from "../files/atomicWrite.ts";
import { emptyWhenMissing } from "../files/emptyWhenMissing.ts";
import type { Edition } from "./editions.ts";
import type { Reject } from "./readers/recordResult.ts";

/** Requests of grading by a language model and their cost. */
const GradingUsage = z.strictObject({
  requests: z.number(),
  fromCache: z.number(),
  unusable: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.number(),
});

/** The result of preparing a shard; `grading` is null where no language model graded. */
export const ShardReceipt = z.strictObject({
  records: z.number().int(),
  passages: z.number().int(),
  rejects: z.number().int(),
  grading: GradingUsage.nullable().default(null),
});
export type ShardReceipt = z.infer<typeof ShardReceipt>;

/**
 * A passage of a prepared shard: its id alone where the table held it already. `document` is the number of its document in
 * the shard; the vector is base64 of 32-bit floats.
 */
const PreparedLine = z.strictObject({
  id: z.string(),
  document: z.number().int().min(0),
  passage: Passage.optional(),
  vector: z.string().optional(),
});
export type PreparedLine = z.infer<typeof PreparedLine>;

const EditionLine = z.strictObject({
  key: z.string(),
  version: z.number(),
  revised: z.number(),
  deletes: z.literal(true).optional(),
});
const RejectLine = z.strictObject({ file: z.string(), place: z.string(), reason: z.string() });
const linesAtOnce = 1000;

/** Writes a shard's files under temporary names of its own; they count once `close` has renamed them and written the receipt. */
export interface ShardWriter {
  add(line: PreparedLine): Promise<void>;
  edition(edition: Edition): Promise<void>;
  reject(reject: Reject): Promise<void>;
  close(receipt: ShardReceipt): Promise<void>;
  /** Frees the files without making them count. */
  abandon(): Promise<void>;
}

/** Opens the files of a shard in a work folder for writing. */
export async function writeShard(folder: string, key: string): Promise<ShardWriter> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, { readonly name: string; readonly lines: LineFile }>();
  for (const path of [
    passagesPath(folder, key),
    idsPath(folder, key),
    editionsPath(folder, key),
    rejectsPath(folder, key),
  ]) {
    const name = temporaryName(path);
    files.set(path, { name, lines: new LineFile(await open(name, "w")) });
  }
  const write = (path: string, text: string): Promise<void> => files.get(path)?.lines.add(text) ?? Promise.resolve();
  return {
    add: async (line) => {
      await write(passagesPath(folder, key), JSON.stringify(line));
      await write(idsPath(folder, key), `${line.document} ${line.id}`);
    },
    edition: (edition) => write(editionsPath(folder, key), JSON.stringify(edition)),
    reject: (reject) => write(rejectsPath(folder, key), JSON.stringify(reject)),
    close: async (receipt) => {
      for (const [path, { name, lines }] of files) {
        await lines.close();
        await rename(name, path);
      }
      await writeAtomically(receiptPath(folder, key), JSON.stringify(receipt));
    },
    abandon: async () => {
      for (const { name, lines } of files.values()) {
        await lines.free();
        await rm(name, { force: true });
      }
    },
  };
}

/** Encodes a vector for a line of a prepared shard: base64 of its 32-bit floats. */
export function vectorToText(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

/** Decodes a vector that `vectorToText` encoded. */
export function vectorFromText(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

/** Null while the shard is not prepared. */
export async function readReceipt(folder: string, key: string): Promise<ShardReceipt | null> {
  const text = await readFile(receiptPath(folder, key), "utf8").catch(() => null);
  return text === null ? null : ShardReceipt.parse(JSON.parse(text));
}

/** Lets a shard be prepared again. */
export function forgetShard(folder: string, key: string): Promise<void> {
  return rm(receiptPath(folder, key), { force: true });
}

/** Reads the lines of a prepared shard, in the order of its files. */
export async function* readShard(folder: string, key: string): AsyncIterable<PreparedLine> {
  for await (const line of linesOf(passagesPath(folder, key))) yield PreparedLine.parse(JSON.parse(line));
}

/** Reads the lines of the unfinished attempt that got farthest, in order. */
export async function* readUnfinished(folder: string, key: string): AsyncIterable<PreparedLine> {
  const names = await readdir(folder).catch(emptyWhenMissing);
  const attempts = names.filter((name) => name.startsWith(temporaryPrefix(`${key}.jsonl`)));
  const sizes = await Promise.all(attempts.map(async (name) => (await stat(join(folder, name))).size));
  const farthest = attempts[sizes.indexOf(Math.max(...sizes))];
  if (farthest === undefined) return;
  for await (const line of linesOf(join(folder, farthest))) {
    // A kill may have cut the last line off.
    if (!line.endsWith("}")) return;
    yield PreparedLine.parse(JSON.parse(line));
  }
}

/** Ids of a shard's passages with the numbers of their documents. */
export async function* readShardIds(
  folder: string,
  key: string,
): AsyncIterable<{ readonly id: string; readonly document: number }> {
  for await (const line of linesOf(idsPath(folder, key))) {
    const end = line.indexOf(" ");
    yield { id: line.slice(end + 1), document: Number(line.slice(0, end)) };
  }
}

/** Editions of a shard's documents and its deletions, in the order of its files. */
export async function* readShardEditions(folder: string, key: string): AsyncIterable<Edition> {
  for await (const line of linesOf(editionsPath(folder, key))) {
    const { deletes, ...edition } = EditionLine.parse(JSON.parse(line));
    yield deletes === undefined ? edition : { ...edition, deletes };
  }
}

/** Reads the rejects of a prepared shard, in the order of its files. */
export async function* readShardRejects(folder: string, key: string): AsyncIterable<Reject> {
  for await (const line of linesOf(rejectsPath(folder, key))) yield RejectLine.parse(JSON.parse(line));
}

const passagesPath = (folder: string, key: string): string => join(folder, `${key}.jsonl`);
const idsPath = (folder: string, key: string): string => join(folder, `${key}.ids`);
const editionsPath = (folder: string, key: string): string => join(folder, `${key}.editions`);
const rejectsPath = (folder: string, key: string): string => join(folder, `${key}.rejects`);
const receiptPath = (folder: string, key: string): string => join(folder, `${key}.receipt`);

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

/** Lines through a buffer. */
class LineFile {
  #waiting: string[] = [];

  constructor(private readonly file: FileHandle) {}

  async add(line: string): Promise<void> {
    this.#waiting.push(`${line}\n`);
    if (this.#waiting.length >= linesAtOnce) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.file.sync();
    await this.file.close();
  }

  free(): Promise<void> {
    return this.file.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.join("");
    this.#waiting = [];
    await this.file.write(text);
  }
}
