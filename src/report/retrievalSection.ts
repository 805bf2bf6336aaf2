import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PoolRetrieval } from "../evaluation/retrievalSummary.ts";
import type { Interval } from "../evaluation/statistics.ts";
import { html, type Html } from "./html.ts";
import { numeric, table } from "./htmlTable.ts";

/** The page with every question, and the figures that the run's report shows, in the run's folder. */
export const retrievalFiles = { page: "retrieval.html", measures: "retrieval.json" } as const;

/** Measures of one pool with their 95 % intervals. */
export const RetrievalMeasure = z.object({
  pool: z.string(),
  measure: z.string(),
  mean: z.number(),
  low: z.number(),
  high: z.number(),
});
export type RetrievalMeasure = z.infer<typeof RetrievalMeasure>;

/** The figures of all pools, one after another. */
export function retrievalMeasures(pools: readonly PoolRetrieval[]): RetrievalMeasure[] {
  return pools.flatMap(({ pool, measures }) =>
    Array.from(measures, ([measure, { mean, low, high }]) => ({ pool, measure, mean, low, high })),
  );
}

/** What `evaluateRetrieval` measured of a run's corpus; null when it was never asked. */
export async function readRetrieval(runFolder: string): Promise<RetrievalMeasure[] | null> {
  const text = await readFile(join(runFolder, retrievalFiles.measures), "utf8").catch(() => null);
  return text === null ? null : z.array(RetrievalMeasure).parse(JSON.parse(text));
}

/** What the measures are, how sure they are, and what is to be expected of them. */
export const retrievalExpectation =
  "How well the questions' own texts find their gold titles. Expect recall@5 near 1 where a question is about one document. Expect little where an answer needs " +
  "several steps (the embedded world): the text names only the first of the documents, and the policy has to ask for the others. Intervals are 95 %, all by one method: " +
  "Wilson's, over clusters of questions.";

/** "0.500 to 0.750". */
export function intervalText({ low, high }: Pick<Interval, "low" | "high">): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

/** How well the corpus answers the questions' own texts. */
export function retrievalTable(measures: readonly RetrievalMeasure[]): Html {
  if (measures.length === 0) return html`<p>No question of this data set names gold titles.</p>`;
  const pools = [...new Set(measures.map(({ pool }) => pool))];
  const groups = pools.map((pool) => ({
    title: pool,
    rows: measures
      .filter((one) => one.pool === pool)
      .map((one) => [one.measure, one.mean.toFixed(3), intervalText(one)]),
  }));
  return html`<p>${retrievalExpectation} <a href="${retrievalFiles.page}">Every question</a>.</p>
    ${table({ caption: "Retrieval by pool of questions", columns: [{ title: "measure" }, numeric("mean"), numeric("95 % interval")], groups })}`;
}
