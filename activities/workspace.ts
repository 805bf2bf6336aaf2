import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { ResultCache } from "../src/caching/resultCache.ts";
import { createShared } from "../src/caching/shared.ts";
import { printError } from "../src/output/terminal.ts";
import { openDataset } from "../src/tasks/taskRegistry.ts";
import { openConfiguredCorpus } from "../src/corpus/configuredCorpus.ts";
import type { CorpusManifest } from "../src/corpus/manifest.ts";
import type { Corpus } from "../src/corpus/openCorpus.ts";
import { pinnedManifest } from "../src/corpus/versionPin.ts";
import { corpusFolderOf } from "../src/corpus/folder.ts";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { RunName } from "../src/configuration/runName.ts";
import { configurationFile, readConfiguration } from "../src/curriculum/runFolder.ts";
import { environmentOf } from "../src/environments/environmentOf.ts";
import type { RunEnvironment } from "../src/environments/runEnvironment.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import type { Dataset } from "../src/domain/dataset.ts";
import { didYouMean } from "../src/domain/nearest.mjs";
import { createStepAtWork, type StepAtWork } from "../src/training/stepAtWork.ts";
import { type RunLog } from "../src/trajectories/log.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import type { OpenEncoder } from "../src/rewards/localEncoder.ts";
import { requireClaim } from "./claims.ts";
import { failpointsFromEnvironment, withFailpoints, type Durably } from "./failpoints.ts";
import { badInput } from "./failures.ts";
import { withFence } from "./fence.ts";
import { sharedCorpus, sharedEncoder, type RunCorpus } from "./runCorpus.ts";
import { openSemanticEncoder } from "./semanticEncoder.ts";

/** A run as activities use it: its settings, its log, its questions and its corpus. */
export interface OpenRun {
  readonly name: string;
  readonly folder: string;
  readonly configuration: RunConfiguration;
  readonly log: RunLog;
  /** The step that this process is at; activities hand it on to each other. */
  readonly atWork: StepAtWork;
  readonly dataset: Dataset;
  /** The tools that its policy may call, and how its responses are read. */
  readonly environment: RunEnvironment;
  readonly corpusFolder: string;
  /** Throws while another workflow than the calling one writes in the run; appends to the log ask it by themselves. */
  readonly requireClaim: () => Promise<void>;
  /** The encoder that rewards compare texts with. */
  encoder(): Promise<TextEmbedder>;
  /** The searchable corpus at the version that the run began with; throws before it is indexed. */
  corpus(): Promise<RunCorpus>;
}

/** The storage root with the runs that this process has open. */
export interface Workspace {
  readonly root: string;
  /** Wraps what is written for good outside the log. */
  readonly durably: Durably;
  /** Opens a run or returns it open; a folder that was made anew is opened anew. An unknown run is bad input, by its name. */
  run(name: string): Promise<OpenRun>;
  close(): Promise<void>;
}

/** What a process keeps open of those that it used last, so that it does not grow with the number of runs that it has worked on. */
const [openRuns, openDatasets, knownPins, idleCorpora, idleEncoders] = [16, 16, 1000, 4, 2];

interface CachedRun {
  readonly stamp: string;
  readonly opening: Promise<OpenRun>;
}

export function createWorkspace(root: string): Workspace {
  const durably = failpointsFromEnvironment(process.env);
  // A run that leaves is not closed: an activity may be using it, and it is freed with the last use.
  const runs = new LRUCache<string, CachedRun>({ max: openRuns });
  const datasets = new ResultCache<Dataset>(openDatasets);
  const pins = new ResultCache<CorpusManifest>(knownPins);
  const corpora = createShared<Corpus>((corpus) => corpus.close(), idleCorpora);
  const encoders = createShared<OpenEncoder>((encoder) => encoder.close(), idleEncoders);

  const dataset = (data: RunConfiguration["data"]): Promise<Dataset> =>
    datasets.get(JSON.stringify(data), async () => {
      const opened = await openDataset(data);
      // Into the worker's log; the report says it too.
      for (const note of opened.notes ?? []) printError(note);
      return opened;
    });
  const open = async (name: string, folder: string, stamp: string): Promise<OpenRun> => {
    const configuration = await readConfiguration(folder);
    const questions = await dataset(configuration.data);
    const requireOwnClaim = (): Promise<void> => requireClaim(folder, `run: ${name}`);
    const log = withFailpoints(withFence(await openRunLog(folder), requireOwnClaim), durably);
    const corpusFolder = corpusFolderOf(root, questions, configuration.retrieval);
    return {
      name,
      folder,
      configuration,
      log,
      atWork: createStepAtWork(log),
      dataset: questions,
      environment: environmentOf(configuration),
      corpusFolder,
      requireClaim: requireOwnClaim,
      encoder: () => {
        const { semanticEncoder } = configuration;
        return sharedEncoder(encoders, JSON.stringify([folder, stamp, semanticEncoder]), () =>
          openSemanticEncoder(semanticEncoder, folder),
        );
      },
      corpus: async () => {
        const { retrieval } = configuration;
        const manifest = await pins.get(`${corpusFolder} ${name} ${stamp}`, () => pinnedManifest(corpusFolder, name));
        // Runs that read one version in one way share it, and what was found in it; but a folder may hold another model by the next run.
        const ownModels = retrieval.encoder === null && retrieval.reranker === null ? [] : [folder, stamp];
        const version = [corpusFolder, manifest.tableVersion, manifest.fingerprint];
        const key = JSON.stringify([...version, retrieval, ...ownModels]);
        return sharedCorpus(corpora, key, manifest, () => openConfiguredCorpus(corpusFolder, retrieval, manifest));
      },
    };
  };
  return {
    root,
    durably,
    run: async (name) => {
      const folder = join(root, RunName.parse(name));
      const stamp = await stampOf(join(folder, configurationFile));
      if (stamp === null) throw badInput(await unknownRun(root, name));
      const cached = runs.get(name);
      if (cached?.stamp === stamp) return cached.opening;
      if (cached !== undefined) (await cached.opening.catch(() => null))?.log.close();
      const opening = open(name, folder, stamp);
      runs.set(name, { stamp, opening });
      opening.catch(() => runs.delete(name));
      return opening;
    },
    close: async () => {
      for (const { opening } of runs.values()) (await opening.catch(() => null))?.log.close();
      await corpora.close();
      await encoders.close();
    },
  };
}

/** The message for a run that is not there. */
export async function unknownRun(root: string, name: string): Promise<string> {
  const known = await runNames(root);
  return `run: there is no run ${JSON.stringify(name)}; known are ${known.join(", ") || "none"}${didYouMean(name, known)}. To begin one, start curriculum with more than its name, for example its preset`;
}

/** Names of the runs under a root: folders that hold a configuration; others beside them are no runs. */
export async function runNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isDirectory() && RunName.safeParse(entry.name).success)
    .map((entry) => entry.name);
  return names.filter((name) => existsSync(join(root, name, configurationFile))).toSorted();
}

/** Changes when a file is replaced by another of the same name; null where there is none. */
async function stampOf(file: string): Promise<string | null> {
  try {
    const { ino, mtimeMs } = await stat(file);
    return `${ino} ${mtimeMs}`;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
