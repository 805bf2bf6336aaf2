import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measurePool } from "../src/benchmarks/retrievalSummary.ts";
import type { PoolRetrieval } from "../src/benchmarks/retrievalSummary.ts";
import { renderRetrieval } from "../src/report/retrievalPage.ts";
import { withHeartbeats } from "./heartbeat.ts";
import type { Workspace } from "./workspace.ts";

/** A measure of one pool with its 95 % interval. */
export interface RetrievalMeasure {
  readonly pool: string;
  readonly measure: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface MeasuredRetrieval {
  /** Of the corpus' content: equal ones rank equally. */
  readonly corpus: string;
  readonly measures: readonly RetrievalMeasure[];
  /** Relative to the run's folder. */
  readonly report: string;
}

export interface RetrievalActivities {
  /** Asks a run's corpus every question that names gold titles, and writes the page. */
  measureRetrieval(input: { readonly run: string }): Promise<MeasuredRetrieval>;
}

const reportFile = "retrieval.html";

export function createRetrievalActivities(workspace: Workspace): RetrievalActivities {
  return {
    measureRetrieval: ({ run: name }) =>
      withHeartbeats(async () => {
        const run = await workspace.run(name);
        const { folder, dataset } = run;
        const corpus = await run.corpus();
        const pools: PoolRetrieval[] = [];
        for (const { name: pool, questions } of [{ name: "validation", questions: dataset.validation }, ...dataset.evaluation]) {
          const measured = await measurePool(corpus, pool, questions);
          if (measured !== null) pools.push(measured);
        }
        const unfinished = join(folder, `${reportFile}.${process.pid}`);
        await writeFile(unfinished, renderRetrieval(`Retrieval: ${name}`, pools));
        await rename(unfinished, join(folder, reportFile));
        const measures = pools.flatMap((one) => Array.from(one.measures, ([measure, { mean, low, high }]) => ({ pool: one.pool, measure, mean, low, high })));
        return { corpus: corpus.manifest.fingerprint, measures, report: reportFile };
      }),
  };
}
