import type { CorpusSettings } from "../corpus/corpusSettings.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { TaskOffer } from "../environments/environment.ts";
import type { Part } from "../parts/part.ts";
import type { RunControl, Sampler } from "../policy/port.ts";

/** A setting that is a path: workers check it before they read there, and an option of `npm start` gives it. */
export interface TaskPath {
  readonly setting: string;
  /** Name of the option, a single word; several tasks may share one. */
  readonly option: string;
  /** What the option takes, as help shows it: FILE, FOLDER, PATH. */
  readonly value: string;
  readonly describe: string;
}

export interface BaseOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly threads: number;
  readonly control: RunControl;
}

/** What a policy is trained and tested on, with its settings chosen. Keeps nothing between two calls. */
export interface Task extends TaskOffer {
  /** Questions, pools, corpus, extractor, fingerprint, notes. A missing file or a malformed row is an error that names its place. */
  load(): Promise<Dataset>;
  /** How the corpus is indexed and asked, and what its documents' levels mean. */
  readonly corpus: CorpusSettings;
  /** File or folder that is indexed by shards; null where the corpus is small enough for one go. */
  readonly corpusFiles: string | null;
  /** The model folder that a run with the model "built-in" starts from; null: a cold start from the data set. */
  readonly base: ((options: BaseOptions) => Promise<string>) | null;
  /** Words that every built-in base has a token for; absent where bases can spell anything. */
  readonly vocabulary?: () => ReadonlySet<string>;
  /** Measurements of what a policy reads and remembers, by name, 0–1; null where the task has none. */
  readonly probes: ((policy: Sampler, control: RunControl) => Promise<Readonly<Record<string, number>>>) | null;
  /** What a search takes from a response's total; absent where it costs nothing. */
  readonly searchCost?: number;
  /** What the whole way to an answer takes, where it is more than presets allow. */
  readonly needs?: { readonly searches: number; readonly responseTokens: number };
  /** Whether answers repeat, so that always giving the commonest one is a baseline. */
  readonly hasMajorityBaseline: boolean;
  /** Whether the questions' own words are meant to find the gold titles, so that their recall is a measure of the corpus. */
  readonly questionsFindTitles: boolean;
  /**
   * Warnings what results may not be taken for, in whole sentences, shown with every answer and in every report. The
   * first alone stands in titles. Empty: nothing to warn of.
   */
  readonly cautions: readonly string[];
  /** What a reader of the report has to know of the data, in whole sentences. */
  readonly notes: readonly string[];
}

/**
 * A task as its folder declares it. Every command that reads options loads this; what takes long to load (tables, models,
 * readers of files) is imported by the functions that `create` returns, when they are called.
 */
export interface TaskPart<Settings> extends Part<Task, Settings> {
  /** The preset that the task is run with when none is named. */
  readonly preset: string;
  /** Names of the rewards that runs may weigh, which are computed and reported; those that need no medicine (`commonRewards`) when left out. */
  readonly rewards?: readonly string[];
  /** All of them are needed. */
  readonly paths: readonly TaskPath[];
}
