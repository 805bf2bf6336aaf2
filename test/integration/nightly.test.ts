import { createServer, type Server } from "node:http";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { openNightLog, type NightRecord } from "../../src/trajectories/nights.ts";
import { queues } from "../../temporal.config.ts";
import type { NightlyResult } from "../../workflows/nightlyEvaluation.ts";

const run = "nightly";
let site: Site;
let webhook: Server;
let webhookUrl: string;
const told: unknown[] = [];

beforeAll(async () => {
  site = await openSite("nightly");
  await mkdir(join(site.root, "no-run"));
  webhook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      told.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  const address = webhook.address();
  webhookUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
  const stages = { "1": { iterations: 0 }, "2": { iterations: 0 }, "3": { iterations: 0 } };
  await site.client.workflow.execute("curriculum", { workflowId: `curriculum-${run}`, taskQueue: queues.cpu, args: [{ run, preset: "tiny", stage: stages }] });
});
afterAll(async () => {
  webhook.close();
  await site.close();
});

function night(input: Record<string, unknown>): Promise<NightlyResult> {
  return site.client.workflow.execute("nightlyEvaluation", { workflowId: "night", taskQueue: queues.cpu, args: [{ webhook: webhookUrl, ...input }] });
}

describe("nightly evaluation", () => {
  it("finds no regression in an unchanged checkpoint, and adopts a night done before", async () => {
    expect(await night({ night: "2026-01-01" })).toEqual({ night: "2026-01-01", evaluated: 2, regressions: [] });
    expect((await night({ night: "2026-01-01" })).evaluated).toBe(2);
    expect((await night({ night: "2026-01-02" })).regressions).toEqual([]);
    expect(told).toEqual([]);
    const log = await openNightLog(join(site.root, ".nightly"));
    expect((await log.records()).map((record) => record.night)).toEqual(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"]);
    log.close();
  });

  it("marks a regression against the night before, tells the webhook, and shows it on the page of trends", async () => {
    const log = await openNightLog(join(site.root, ".nightly"));
    const better = (record: NightRecord): NightRecord => ({ ...record, night: "2026-01-03", results: record.results.map((result) => ({ ...result, correct: true })) });
    for (const record of (await log.records()).filter(({ night: one }) => one === "2026-01-02")) await log.append(better(record));
    log.close();
    const { regressions } = await night({ night: "2026-01-04" });
    expect(regressions.length).toBeGreaterThan(0);
    expect(told).toEqual([{ night: "2026-01-04", regressions }]);
    const marked = await site.client.workflow.getHandle("night").describe();
    expect(marked.searchAttributes["MedR3Regression"]).toEqual([true]);
    expect(await readFile(join(site.root, "nightly.html"), "utf8")).toContain("regression");
  });

  it("refuses wrong input by the field's name", async () => {
    await expect(night({ webhook: "file:///etc/passwd" })).rejects.toMatchObject({ cause: { message: expect.stringContaining("webhook") } });
    await expect(night({ runs: ["../x"] })).rejects.toMatchObject({ cause: { message: expect.stringContaining("runs") } });
  });
});
