import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { MeasuredRetrieval } from "../../activities/retrievalEvaluation.ts";
import { openRunFolder } from "../../src/curriculum/runFolder.ts";
import { renderReport } from "../../src/report/report.ts";
import { queues } from "../../temporal.config.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite("retrieval");
  await openRunFolder(site.root, { run: "measured", preset: "tiny" });
});
afterAll(() => site.close());

it("measures a run's corpus from the UI's one object: recall, MRR and nDCG with intervals, and a page", async () => {
  const execute = async <T>(type: string, args: unknown[]): Promise<T> =>
    site.client.workflow.execute(type, { workflowId: type, taskQueue: queues.cpu, args }) as Promise<T>;
  const { fingerprint } = await execute<{ fingerprint: string }>("indexCorpus", [{ run: "measured" }]);
  const { corpus, measures, report } = await execute<MeasuredRetrieval>("evaluateRetrieval", [{ run: "measured" }]);
  expect(corpus).toBe(fingerprint);
  expect(new Set(measures.map(({ measure }) => measure))).toEqual(
    new Set(["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"]),
  );
  for (const { mean, low, high } of measures)
    expect([0 <= low, low <= mean, mean <= high, high <= 1]).toEqual([true, true, true, true]);
  const at = (name: string): number =>
    measures.find(({ pool, measure }) => pool === "validation" && measure === name)?.mean ?? Number.NaN;
  expect(at("recall@10")).toBeGreaterThan(at("recall@1"));
  const page = await readFile(join(site.root, "measured", report), "utf8");
  expect(page).toContain(at("ndcg@10").toFixed(3));
  const own = await renderReport(join(site.root, "measured"));
  expect(own).toContain(`<a href="retrieval.html">Every question</a>`);
  expect(own).toContain(at("ndcg@10").toFixed(3));
  const { currentDetails } = await site.client.workflow
    .getHandle("evaluateRetrieval")
    .query<{ currentDetails: string }>("__temporal_workflow_metadata");
  expect(currentDetails).toContain("| validation | mrr@10 |");
});
