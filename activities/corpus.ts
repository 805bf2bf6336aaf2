import { indexPassages } from "../src/corpus/indexer.ts";
import { readManifest } from "../src/corpus/manifest.ts";
import { englishCorpus, vocabularyCorpus } from "../src/corpus/settings.ts";
import { withHeartbeats } from "./heartbeat.ts";
import type { OpenRun, Workspace } from "./workspace.ts";

export interface IndexedCorpus {
  readonly passages: number;
  readonly fingerprint: string;
}

export interface CorpusActivities {
  /** Makes the run's corpus searchable; what is indexed already is left alone. */
  indexCorpus(input: { readonly run: string }): Promise<IndexedCorpus>;
}

export function createCorpusActivities(workspace: Workspace): CorpusActivities {
  return {
    indexCorpus: ({ run }) =>
      withHeartbeats(async ({ signal }) => {
        const { dataset, corpusFolder } = await workspace.run(run);
        const settings = dataset.name === "world" ? vocabularyCorpus : englishCorpus;
        const { passages, fingerprint } = await workspace.durably("indexCorpus", () => indexPassages(corpusFolder, dataset.passages(), { settings, signal }));
        return { passages, fingerprint };
      }),
  };
}

/** True when the run's corpus can be searched. */
export async function isIndexed(run: OpenRun): Promise<boolean> {
  return (await readManifest(run.corpusFolder)) !== null;
}
