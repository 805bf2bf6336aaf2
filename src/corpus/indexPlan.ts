import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { isAddress } from "../domain/pathText.ts";
import { writeAtomically } from "../files/atomicWrite.ts";
import { CorpusError } from "./corpusError.ts";
import { IndexRequest } from "./indexRequest.ts";
import { describePassedOver, findCorpusFiles } from "./readers/read.ts";

/** A file as it was when the plan was made. */
const PlannedFile = z.strictObject({ path: z.string(), bytes: z.number(), modified: z.number() });

/** Files that are prepared together; `key` names what they and the settings were. */
export const Shard = z.strictObject({ key: z.string(), files: z.array(PlannedFile).min(1) });
export type Shard = z.infer<typeof Shard>;

/** An indexing run: what is to be prepared side by side and then taken in, in this order. */
export const IndexPlan = z.strictObject({
  request: IndexRequest,
  shards: z.array(Shard).min(1),
  /** Files that no reader knows, in a sentence; null where there is none. */
  passedOver: z.string().nullable().default(null),
});
export type IndexPlan = z.infer<typeof IndexPlan>;

/** Counts what readers make of a file, and how a shard keeps it: what an older version prepared is not taken in. */
const preparedAs = 2;

/** A shard ends at this many files, however small. */
const shardFiles = 1000;
const megabyte = 1024 * 1024;

const planFile = "plan.json";

/** Where a workflow under a storage root keeps what is prepared, until it is taken in: the same by whichever link a corpus is named. All workers share it. */
export function workFolder(root: string, corpus: string): string {
  return join(root, ".indexing", keyOf(corpus));
}

/** The same of `npm run index`, which no workflow clears away. */
export function commandFolder(root: string, corpus: string): string {
  return join(root, ".indexing", `command-${keyOf(corpus)}`);
}

function keyOf(corpus: string): string {
  return hash(isAddress(corpus) ? corpus : withoutLinks(corpus));
}

/** The path without links, as far as it is there. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(withoutLinks(parent), basename(path));
  }
}

/** Plans the indexing of what is at `request.files` now and writes the plan down. Throws when nothing there can be read. */
export async function makePlan(folder: string, request: IndexRequest): Promise<IndexPlan> {
  const shards: Shard["files"][] = [];
  let room = 0;
  const found = await findCorpusFiles(request.files);
  for (const path of found.files) {
    const file = await plannedFile(path);
    const last = shards.at(-1);
    if (last !== undefined && file.bytes <= room && last.length < shardFiles) last.push(file);
    else [room] = [request.shardMegabytes * megabyte, shards.push([file])];
    room -= file.bytes;
  }
  const { model, pooling, passagePrefix, evidenceModel, maxTokens, overlapTokens } = request;
  const plan = {
    request,
    shards: shards.map((files) => ({
      key: hash([
        preparedAs,
        files,
        model,
        pooling,
        passagePrefix,
        evidenceModel?.service,
        evidenceModel?.model,
        maxTokens,
        overlapTokens,
      ]),
      files,
    })),
    passedOver: describePassedOver(found),
  };
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, planFile), JSON.stringify(plan));
  return plan;
}

/** Reads the plan that `makePlan` wrote into a work folder. */
export async function readPlan(folder: string): Promise<IndexPlan> {
  return IndexPlan.parse(JSON.parse(await readFile(join(folder, planFile), "utf8")));
}

/** Throws when a file is no longer what was planned: nothing is indexed by halves. */
export async function checkUnchanged(shard: Shard): Promise<void> {
  for (const planned of shard.files) {
    const now = await plannedFile(planned.path).catch(() => null);
    if (now?.bytes !== planned.bytes || now.modified !== planned.modified)
      throw new PlanOvertakenError(`${planned.path} changed while it was being indexed; start the indexing again`);
  }
}

/** Files or corpus changed under an indexing run; a new one finds them as they are. */
export class PlanOvertakenError extends CorpusError {
  override readonly name = "PlanOvertakenError";
}

async function plannedFile(path: string): Promise<z.infer<typeof PlannedFile>> {
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, modified: mtimeMs };
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
