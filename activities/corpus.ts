import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createShared } from "../src/caching/shared.ts";
import { embedderOptions } from "../src/corpus/configuredCorpus.ts";
import { CorpusError, CorpusUnreachableError } from "../src/corpus/corpusError.ts";
import {
  openEmbedder,
  readEmbedderShape,
  type Embedder,
  type EmbedderOptions,
} from "../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { makePlan, readPlan, workFolder } from "../src/corpus/indexPlan.ts";
import { IndexRequest, requestedEmbedder } from "../src/corpus/indexRequest.ts";
import { literatureCorpus, literatureGrader } from "../src/corpus/literature.ts";
import { readCurrentManifest } from "../src/corpus/currentManifest.ts";
import type { CorpusManifest } from "../src/corpus/manifest.ts";
import { corpusUri } from "../src/corpus/corpusUri.ts";
import type { ShardReceipt } from "../src/corpus/preparedShard.ts";
import { commitShards } from "../src/corpus/commitShards.ts";
import { completeIndex, refuseIndex } from "../src/corpus/completeIndex.ts";
import { prepareShard, type ShardControl } from "../src/corpus/prepareShard.ts";
import { whileWriting } from "../src/corpus/whileWriting.ts";
import type { VectorShape } from "../src/corpus/passageSchema.ts";
import { describeWrongFields, namingKnown } from "../src/domain/wrongFields.ts";
import { taskOf } from "../src/tasks/taskRegistry.ts";
import { badInput } from "./failures.ts";
import { withControl } from "./heartbeat.ts";
import { createInputPaths } from "./inputPaths.ts";
import { checkServed } from "./checkServed.ts";
import { withModel } from "./languageModels.ts";
import { claimFolder, FolderInUseError } from "./claims.ts";
import { claimedRun } from "./openRun.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

export interface IndexedCorpus {
  readonly passages: number;
  readonly fingerprint: string;
}

export interface CompletedIndex extends IndexedCorpus {
  readonly removed: number;
  readonly rejects: number;
  /** Documents replaced by a newer edition, and documents that the source deleted. */
  readonly replaced: number;
  readonly deleted: number;
}

/** A planned indexing run. It is small, whatever the size of the corpus. */
export interface PlannedIndex {
  /** The corpus' URI. */
  readonly corpus: string;
  readonly shards: number;
  /** Largest share of records that may be rejected. */
  readonly maxRejects: number;
  /** Files that no reader knows, in a sentence; null where there is none. Plans of the first versions say nothing of it. */
  readonly passedOver?: string | null;
}

/** Shards of a plan from number `from` up to, but not including, `to`. */
export interface ShardRange {
  readonly corpus: string;
  readonly from: number;
  readonly to: number;
}

/** How a run's corpus is made: in one go, by shards, by another workflow; or that it is complete. */
export type RunCorpusPlan =
  | { readonly kind: "whole" }
  | { readonly kind: "shards"; readonly plan: PlannedIndex }
  | { readonly kind: "elsewhere"; readonly workflow: string }
  | { readonly kind: "complete"; readonly indexed: IndexedCorpus };

export interface CorpusActivities {
  /**
   * Claims the run, as a child of `parent` where the workflow has one, looks at its corpus, and divides a corpus of
   * files into shards.
   */
  planRunCorpus(input: { readonly run: string; readonly parent?: string | null }): Promise<RunCorpusPlan>;
  /** Makes the run's corpus searchable; what is indexed already is left alone. */
  indexCorpus(input: { readonly run: string }): Promise<IndexedCorpus>;
  /** Checks a request in full and divides its files into shards. A wrong field is bad input, by name. */
  planCorpus(request: unknown): Promise<PlannedIndex>;
  /** Reads, cuts and embeds one shard. Any number at a time. */
  prepareShard(input: { readonly corpus: string; readonly shard: number }): Promise<ShardReceipt>;
  /** Takes prepared shards into the table. One at a time. */
  commitShards(range: ShardRange): Promise<{ readonly added: number }>;
  /** Removes what went, builds the indexes, declares the corpus complete. */
  completeCorpus(input: { readonly corpus: string }): Promise<CompletedIndex>;
  /** Removes what was prepared for a corpus that is complete. */
  clearShards(input: { readonly corpus: string }): Promise<void>;
  /** Keeps the rejects so far in the corpus' table and stops the workflow. */
  refuseCorpus(input: { readonly corpus: string; readonly message: string }): Promise<never>;
}

export function createCorpusActivities(workspace: Workspace): CorpusActivities {
  const embedders = createShared<Embedder>((embedder) => embedder.close(), 0);
  const withEmbedder = <T>(
    options: EmbedderOptions | null,
    work: (embedder: Embedder | null) => Promise<T>,
  ): Promise<T> =>
    options === null ? work(null) : embedders.use(JSON.stringify(options), () => openEmbedder(options), work);
  const paths = createInputPaths(workspace.root);
  const answers = join(workspace.root, ".indexing", ".answers");
  const withGrader = <T>(
    { evidenceModel }: IndexRequest,
    work: (grader: Pick<ShardControl, "grader">) => Promise<T>,
  ): Promise<T> =>
    evidenceModel === null
      ? work({})
      : withModel(answers, evidenceModel, (model) => work({ grader: literatureGrader(model) }));
  const folderOf = (corpus: string): string => workFolder(workspace.root, corpus);
  const plan = async (request: IndexRequest): Promise<PlannedIndex> => {
    const folder = folderOf(request.corpus);
    await claimFolder(folder, `corpus: ${request.corpus}`);
    const { shards, passedOver } = await makePlan(folder, request);
    await shapeOf(request);
    return { corpus: request.corpus, shards: shards.length, maxRejects: request.maxRejects, passedOver };
  };
  return {
    indexCorpus: ({ run }) =>
      withControl(async ({ signal }) => {
        const { dataset, corpusFolder, configuration } = await workspace.run(run);
        const { corpus: settings } = taskOf(configuration.data);
        return withEmbedder(embedderOptions(configuration.retrieval), async (embedder) => {
          const control = { settings, signal, ...(embedder !== null && { embedder }) };
          const { passages, fingerprint } = await workspace.durably("indexCorpus", () =>
            whileWriting(corpusFolder, { signal }, () => indexPassages(corpusFolder, dataset.passages(), control)),
          );
          return { passages, fingerprint };
        });
      }),
    planRunCorpus: ({ run: name, parent }) =>
      withControl(async () => {
        const run = await claimedRun(workspace, name, parent);
        const request = requestOfRun(run);
        if (request === null) return { kind: "whole" };
        const complete = await currentManifest(run);
        if (complete !== null)
          return { kind: "complete", indexed: { passages: complete.passages, fingerprint: complete.fingerprint } };
        try {
          return { kind: "shards", plan: await plan(request) };
        } catch (error) {
          if (error instanceof FolderInUseError) return { kind: "elsewhere", workflow: error.holder };
          throw error instanceof CorpusError ? badInput(error) : error;
        }
      }),
    planCorpus: (request) =>
      withControl(async () => {
        const parsed = IndexRequest.safeParse(request, { error: namingKnown });
        if (!parsed.success) throw badInput(describeWrongFields(parsed.error));
        const { files, corpus, model, evidenceModel } = parsed.data;
        await paths.readable([
          { field: "files", path: files },
          ...(model === null ? [] : [{ field: "model", path: model }]),
        ]);
        await paths.writable({ field: "corpus", path: corpus });
        if (evidenceModel !== null) checkServed(evidenceModel);
        const uri = await orRefused(Promise.resolve().then(() => corpusUri(parsed.data.corpus)));
        return plan({ ...parsed.data, corpus: uri }).catch((error: unknown) => {
          throw error instanceof CorpusUnreachableError ? error : badInput(error);
        });
      }),
    prepareShard: ({ corpus, shard }) =>
      withControl(async ({ signal }) => {
        const plan = await readPlan(folderOf(corpus));
        const planned = plan.shards[shard];
        if (planned === undefined) throw new RangeError(`the plan of ${corpus} has no shard ${shard}`);
        const prepare = (embedder: Embedder | null, grader: Pick<ShardControl, "grader">): Promise<ShardReceipt> =>
          orRefused(prepareShard(folderOf(corpus), plan, planned, embedder, { signal, ...grader }));
        return withEmbedder(requestedEmbedder(plan.request), (embedder) =>
          withGrader(plan.request, (grader) => prepare(embedder, grader)),
        );
      }),
    commitShards: ({ corpus, from, to }) =>
      withControl(async ({ signal }) => {
        const plan = await readPlan(folderOf(corpus));
        const shape = await shapeOf(plan.request);
        return orRefused(
          whileWriting(corpus, { signal }, () =>
            commitShards(folderOf(corpus), plan, plan.shards.slice(from, to), shape, { signal }),
          ),
        );
      }),
    completeCorpus: ({ corpus }) =>
      withControl(async ({ signal }) => {
        const plan = await readPlan(folderOf(corpus));
        const shape = await shapeOf(plan.request);
        const { passages, fingerprint, removed, rejects, replaced, deleted } = await orRefused(
          whileWriting(corpus, { signal }, () => completeIndex(folderOf(corpus), plan, shape)),
        );
        return { passages, fingerprint, removed, rejects, replaced, deleted };
      }),
    clearShards: ({ corpus }) => rm(folderOf(corpus), { recursive: true, force: true }),
    refuseCorpus: ({ corpus, message }) =>
      withControl(async () => {
        return orRefused(refuseIndex(folderOf(corpus), await readPlan(folderOf(corpus)), message));
      }),
  };
}

function shapeOf({ model }: IndexRequest): Promise<VectorShape | null> {
  return model === null ? Promise.resolve(null) : readEmbedderShape(resolve(model));
}

/** Turns a CorpusError into bad input: no retry mends a file or brings the planned state back. */
async function orRefused<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof CorpusError ? badInput(error) : error;
  });
}

/** Files can be many, so they are indexed by shards; null for the corpora of tasks that are small. */
function requestOfRun({ configuration: { data, retrieval }, corpusFolder }: OpenRun): IndexRequest | null {
  const { corpusFiles, corpus } = taskOf(data);
  if (corpusFiles === null) return null;
  if (!isDeepStrictEqual(corpus, literatureCorpus))
    throw badInput(
      `data.dataset: the task ${data.dataset} wants files indexed with settings or a scale of its own, but files are read and graded as medical literature; a task of another kind gives its passages itself (corpusFiles null)`,
    );
  const { encoder, threads } = retrieval;
  const model =
    encoder === null
      ? {}
      : { model: encoder.folder, passagePrefix: encoder.passagePrefix, pooling: encoder.pooling ?? null };
  return IndexRequest.parse({ files: corpusFiles, corpus: corpusFolder, threads, ...model });
}

async function currentManifest({ corpusFolder, configuration }: OpenRun): Promise<CorpusManifest | null> {
  const { encoder } = configuration.retrieval;
  const vectors = encoder === null ? null : await readEmbedderShape(encoder.folder);
  return readCurrentManifest(corpusFolder, taskOf(configuration.data).corpus, vectors);
}

/** True when the run's corpus can be searched. */
export async function isIndexed(run: OpenRun): Promise<boolean> {
  return (await currentManifest(run)) !== null;
}
