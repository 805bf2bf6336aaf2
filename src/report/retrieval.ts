import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PoolRetrieval } from "../benchmarks/retrievalSummary.ts";
import { html, type Html } from "./html.ts";

/** The page with every question, and the figures that the run's report shows, in the run's folder. */
export const retrievalFiles = { page: "retrieval.html", measures: "retrieval.json" } as const;

/** Measures of one pool with their 95 % intervals. */
export const RetrievalMeasure = z.object({ pool: z.string(), measure: z.string(), mean: z.number(), low: z.number(), high: z.number() });
export type RetrievalMeasure = z.infer<typeof RetrievalMeasure>;

/** The figures of all pools, one after another. */
export function retrievalMeasures(pools: readonly PoolRetrieval[]): RetrievalMeasure[] {
  return pools.flatMap(({ pool, measures }) => Array.from(measures, ([measure, { mean, low, high }]) => ({ pool, measure, mean, low, high })));
}

/** What `evaluateRetrieval` measured of a run's corpus; null when it was never asked. */
export async function readRetrieval(runFolder: string): Promise<RetrievalMeasure[] | null> {
  const text = await readFile(join(runFolder, retrievalFiles.measures), "utf8").catch(() => null);
  return text === null ? null : z.array(RetrievalMeasure).parse(JSON.parse(text));
}

/** How well the corpus answers the questions' own texts. */
export function retrievalTable(measures: readonly RetrievalMeasure[]): Html {
  if (measures.length === 0) return html`<p>No question of this data set names gold titles.</p>`;
  return html`<p>How well questions find their gold titles by their own text; <a href="${retrievalFiles.page}">every question</a>. Intervals are 95 %, over questions.</p>
    <table><tr><th>pool</th><th>measure</th><th>mean</th><th>interval</th></tr>${measures.map(
      ({ pool, measure, mean, low, high }) => html`<tr><td>${pool}</td><td>${measure}</td><td class="number">${mean.toFixed(3)}</td><td class="number">${low.toFixed(3)} to ${high.toFixed(3)}</td></tr>`,
    )}</table>`;
}
