import { existsSync } from "node:fs";
import { join } from "node:path";
import { measurePool } from "../src/evaluation/retrievalSummary.ts";
import type { PoolRetrieval } from "../src/evaluation/retrievalSummary.ts";
import { writeAtomically } from "../src/files/atomicWrite.ts";
import { renderReport } from "../src/report/report.ts";
import { retrievalFiles, retrievalMeasures, type RetrievalMeasure } from "../src/report/retrievalSection.ts";
import { renderRetrieval } from "../src/report/retrievalPage.ts";
import { claimedRun } from "./openRun.ts";
import type { Workspace } from "./workspace.ts";

export interface MeasuredRetrieval {
  /** Fingerprint of the corpus: corpora with equal fingerprints rank equally. */
  readonly corpus: string;
  readonly measures: readonly RetrievalMeasure[];
  /** Relative to the run's folder. */
  readonly report: string;
}

export interface RetrievalActivities {
  /** Asks a run's corpus every question that names gold titles, and writes the page; the report, where there is one, gets the figures. */
  measureRetrieval(input: { readonly run: string }): Promise<MeasuredRetrieval>;
}

export function createRetrievalActivities(workspace: Workspace): RetrievalActivities {
  return {
    measureRetrieval: async ({ run: name }) => {
      const run = await claimedRun(workspace, name);
      const { folder, dataset } = run;
      const corpus = await run.corpus();
      const pools: PoolRetrieval[] = [];
      for (const { name: pool, questions } of [
        { name: "validation", questions: dataset.validation },
        ...dataset.evaluation,
      ]) {
        const measured = await measurePool(corpus, pool, questions);
        if (measured !== null) pools.push(measured);
      }
      const measures = retrievalMeasures(pools);
      await writeAtomically(join(folder, retrievalFiles.measures), JSON.stringify(measures));
      await writeAtomically(join(folder, retrievalFiles.page), renderRetrieval(`Retrieval: ${name}`, pools));
      if (existsSync(join(folder, "report.html")))
        await writeAtomically(join(folder, "report.html"), await renderReport(folder));
      return { corpus: corpus.manifest.fingerprint, measures, report: retrievalFiles.page };
    },
  };
}
