import type { CorpusSettings } from "../corpus/settings.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { RunControl, Sampler } from "../policy/port.ts";
import type { TaskDeclaration } from "./declaration.ts";

export interface BaseOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly threads: number;
  readonly control: RunControl;
}

/** What a policy is trained and tested on, with its settings chosen. Keeps nothing between two calls. */
export interface Task {
  /** Questions, pools, corpus, extractor, fingerprint, notes. A missing file or a malformed row is an error that names its place. */
  load(): Promise<Dataset>;
  /** How the corpus is indexed and asked, and what its documents' levels mean. */
  readonly corpus: CorpusSettings;
  /** File or folder that is indexed by shards; null where the corpus is small enough for one go. */
  readonly corpusFiles: string | null;
  /** The model folder that a run with the model "built-in" starts from; null: a cold start from the data set. */
  readonly base: ((options: BaseOptions) => Promise<string>) | null;
  /** Measurements of what a policy reads and remembers, by name, 0–1; null where the task has none. */
  readonly probes: ((policy: Sampler, control: RunControl) => Promise<Readonly<Record<string, number>>>) | null;
  /** Whether answers repeat, so that always giving the commonest one is a baseline. */
  readonly hasMajorityBaseline: boolean;
  /** Whether the questions' own words are meant to find the gold titles, so that their recall is a measure of the corpus. */
  readonly questionsFindTitles: boolean;
  /** What a reader of the report has to know of the data, in whole sentences. */
  readonly notes: readonly string[];
}

/** A task as its folder declares it. */
export interface TaskPart<Settings> extends TaskDeclaration {
  readonly create: (settings: Settings) => Task;
}
