import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openConfiguredEmbedder } from "../src/corpus/configuredCorpus.ts";
import { CorpusError } from "../src/corpus/corpusError.ts";
import { readEmbedderShape, type Embedder } from "../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { makePlan, readPlan, workFolder } from "../src/corpus/indexPlan.ts";
import { IndexRequest } from "../src/corpus/indexRequest.ts";
import { levelsByModel } from "../src/corpus/levelByModel.ts";
import { readManifest } from "../src/corpus/manifest.ts";
import { corpusPlace } from "../src/corpus/place.ts";
import type { ShardReceipt } from "../src/corpus/preparedShard.ts";
import { englishCorpus, vocabularyCorpus } from "../src/corpus/settings.ts";
import { commitShards, completeIndex, keepRejects, prepareShard, type ShardControl } from "../src/corpus/shards.ts";
import type { VectorShape } from "../src/corpus/table.ts";
import { describeWrongFields } from "../src/domain/wrongFields.ts";
import { openAnswerCache } from "../src/services/answerCache.ts";
import { LanguageModelRefusedError, openLanguageModel } from "../src/services/languageModel.ts";
import { badInput, messageOf, needsPerson } from "./failures.ts";
import { withHeartbeats } from "./heartbeat.ts";
import { claimFolder } from "./runOwner.ts";
import { createSharedEmbedders } from "./sharedEmbedders.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

export interface IndexedCorpus {
  readonly passages: number;
  readonly fingerprint: string;
}

/** An indexing run that is planned; small, whatever the corpus. */
export interface PlannedIndex {
  /** The corpus' place. */
  readonly corpus: string;
  readonly shards: number;
  /** Largest share of records that may be rejected. */
  readonly maxRejects: number;
}

/** Shards `from` to `to` (left out) of a plan. */
export interface ShardRange {
  readonly corpus: string;
  readonly from: number;
  readonly to: number;
}

export interface CorpusActivities {
  /** Makes the run's corpus searchable; what is indexed already is left alone. */
  indexCorpus(input: { readonly run: string }): Promise<IndexedCorpus>;
  /** Checks a request in full, a wrong field is bad input, by name; divides its files into shards. */
  planCorpus(request: unknown): Promise<PlannedIndex>;
  /** Reads, cuts and embeds one shard. Any number at a time. */
  prepareShard(input: { readonly corpus: string; readonly shard: number }): Promise<ShardReceipt>;
  /** Takes prepared shards into the table. One at a time. */
  commitShards(range: ShardRange): Promise<{ readonly added: number }>;
  /** Removes what went, builds the indexes, declares the corpus complete. */
  completeCorpus(input: { readonly corpus: string }): Promise<IndexedCorpus & { readonly removed: number; readonly rejects: number }>;
  /** Removes what was prepared for a corpus that is complete. */
  clearShards(input: { readonly corpus: string }): Promise<void>;
  /** Keeps the rejects so far in the corpus' table and stops the workflow. */
  refuseCorpus(input: { readonly corpus: string; readonly message: string }): Promise<never>;
}

export function createCorpusActivities(workspace: Workspace): CorpusActivities {
  const models = createSharedEmbedders();
  const withModel = <T>({ model, threads }: IndexRequest, work: (embedder: Embedder | null) => Promise<T>): Promise<T> =>
    model === null ? work(null) : models.use({ folder: resolve(model), threads }, work);
  const graderOf = async ({ evidenceModel }: IndexRequest): Promise<Pick<ShardControl, "grade">> => {
    if (evidenceModel === null) return {};
    const model = openLanguageModel(evidenceModel, await openAnswerCache(join(workspace.root, ".indexing", ".answers")));
    return { grade: (documents) => levelsByModel(documents, model) };
  };
  const folderOf = (corpus: string): string => workFolder(workspace.root, corpus);
  return {
    indexCorpus: ({ run }) =>
      withHeartbeats(async ({ signal }) => {
        const { dataset, corpusFolder, configuration } = await workspace.run(run);
        const settings = dataset.name === "world" ? vocabularyCorpus : englishCorpus;
        const embedder = await openConfiguredEmbedder(configuration.retrieval);
        try {
          const control = { settings, signal, ...(embedder !== null && { embedder }) };
          const { passages, fingerprint } = await workspace.durably("indexCorpus", () => indexPassages(corpusFolder, dataset.passages(), control));
          return { passages, fingerprint };
        } finally {
          await embedder?.close();
        }
      }),
    planCorpus: (request) =>
      withHeartbeats(async () => {
        const parsed = IndexRequest.safeParse(request);
        if (!parsed.success) throw badInput(describeWrongFields(parsed.error));
        const corpus = corpusPlace(parsed.data.corpus);
        const folder = folderOf(corpus);
        try {
          await claimFolder(folder, `corpus: ${corpus}`);
          const plan = await makePlan(folder, { ...parsed.data, corpus });
          await shapeOf(plan.request);
          return { corpus, shards: plan.shards.length, maxRejects: plan.request.maxRejects };
        } catch (error) {
          throw badInput(error);
        }
      }),
    prepareShard: ({ corpus, shard }) =>
      withHeartbeats(async ({ signal }) => {
        const plan = await readPlan(folderOf(corpus));
        const planned = plan.shards[shard];
        if (planned === undefined) throw new RangeError(`the plan of ${corpus} has no shard ${shard}`);
        return withModel(plan.request, async (embedder) => orRefused(prepareShard(folderOf(corpus), plan, planned, embedder, { signal, ...(await graderOf(plan.request)) })));
      }),
    commitShards: ({ corpus, from, to }) =>
      withHeartbeats(async ({ signal }) => {
        const plan = await readPlan(folderOf(corpus));
        return orRefused(commitShards(folderOf(corpus), plan, plan.shards.slice(from, to), await shapeOf(plan.request), { signal }));
      }),
    completeCorpus: ({ corpus }) =>
      withHeartbeats(async () => {
        const plan = await readPlan(folderOf(corpus));
        const { passages, fingerprint, removed, rejects } = await orRefused(completeIndex(folderOf(corpus), plan, await shapeOf(plan.request)));
        return { passages, fingerprint, removed, rejects };
      }),
    clearShards: ({ corpus }) => rm(folderOf(corpus), { recursive: true, force: true }),
    refuseCorpus: ({ corpus, message }) =>
      withHeartbeats(async () => {
        await keepRejects(folderOf(corpus), await readPlan(folderOf(corpus)));
        throw badInput(`${message}; see the table rejects of ${corpus}`);
      }),
  };
}

function shapeOf({ model }: IndexRequest): Promise<VectorShape | null> {
  return model === null ? Promise.resolve(null) : readEmbedderShape(resolve(model));
}

/** No retry mends a file, brings the planned state back, or a language model's consent. */
async function orRefused<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof LanguageModelRefusedError) throw needsPerson(messageOf(error));
    throw error instanceof CorpusError ? badInput(messageOf(error)) : error;
  });
}

/** True when the run's corpus can be searched. */
export async function isIndexed(run: OpenRun): Promise<boolean> {
  return (await readManifest(run.corpusFolder)) !== null;
}
