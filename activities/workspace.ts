import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openDataset } from "../src/benchmarks/open.ts";
import { openConfiguredCorpus } from "../src/corpus/configuredCorpus.ts";
import type { Corpus } from "../src/corpus/corpus.ts";
import { corpusFolderOf } from "../src/corpus/folder.ts";
import { RunName, type RunConfiguration } from "../src/configuration/configuration.ts";
import { readConfiguration } from "../src/curriculum/runFolder.ts";
import type { Dataset } from "../src/domain/dataset.ts";
import { type RunLog } from "../src/trajectories/log.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import { crashesFromEnvironment, withCrashPoints, type Durably } from "./crashPoints.ts";

/** A run as activities use it: its settings, its log, its questions and its corpus. */
export interface OpenRun {
  readonly name: string;
  readonly folder: string;
  readonly configuration: RunConfiguration;
  readonly log: RunLog;
  readonly dataset: Dataset;
  readonly corpusFolder: string;
  /** The searchable corpus at the version that the run began with; throws before it is indexed. */
  corpus(): Promise<Corpus>;
}

/** The storage root with the runs that this process has open. */
export interface Workspace {
  readonly root: string;
  /** Wraps what is written for good outside the log. */
  readonly durably: Durably;
  /** Opens a run or returns it open; a folder that was made anew is opened anew. */
  run(name: string): Promise<OpenRun>;
  close(): Promise<void>;
}

interface CachedRun {
  readonly stamp: string;
  readonly opening: Promise<OpenRun>;
}

export function createWorkspace(root: string): Workspace {
  const durably = crashesFromEnvironment(process.env);
  const runs = new Map<string, CachedRun>();
  const datasets = new Map<string, Promise<Dataset>>();
  const corpora = new Map<string, Promise<Corpus>>();

  const dataset = (data: RunConfiguration["data"]): Promise<Dataset> => remember(datasets, JSON.stringify(data), () => openDataset(data));
  const open = async (name: string, folder: string): Promise<OpenRun> => {
    const configuration = await readConfiguration(folder);
    const questions = await dataset(configuration.data);
    const corpusFolder = corpusFolderOf(root, questions, configuration.retrieval);
    return {
      name,
      folder,
      configuration,
      log: withCrashPoints(await openRunLog(folder), durably),
      dataset: questions,
      corpusFolder,
      corpus: () => remember(corpora, `${corpusFolder} ${name} ${JSON.stringify(configuration.retrieval)}`, () => openConfiguredCorpus(corpusFolder, configuration.retrieval, name)),
    };
  };
  return {
    root,
    durably,
    run: async (name) => {
      const folder = join(root, RunName.parse(name));
      const stamp = await stampOf(join(folder, "configuration.json"));
      const cached = runs.get(name);
      if (cached?.stamp === stamp) return cached.opening;
      if (cached !== undefined) (await cached.opening.catch(() => null))?.log.close();
      const opening = open(name, folder);
      runs.set(name, { stamp, opening });
      opening.catch(() => runs.delete(name));
      return opening;
    },
    close: async () => {
      for (const { opening } of runs.values()) (await opening.catch(() => null))?.log.close();
      for (const opening of corpora.values()) (await opening.catch(() => null))?.close();
    },
  };
}

/** Changes when a file is replaced by another of the same name. */
async function stampOf(file: string): Promise<string> {
  const { ino, mtimeMs } = await stat(file);
  return `${ino} ${mtimeMs}`;
}

/** The value of a key, made once; a failure is not remembered. */
function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const making = make();
  known.set(key, making);
  making.catch(() => known.delete(key));
  return making;
}
