import { createServer, type Server } from "node:http";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { openNightlyLog, type NightlyRecord } from "../../src/trajectories/nightlyLog.ts";
import { queues } from "../../temporal.config.ts";
import type { NightlyResult } from "../../workflows/nightlyEvaluation.ts";

const run = "nightly";
let site: Site;
let webhook: Server;
const told: unknown[] = [];
const keys: (string | undefined)[] = [];
const authorizations: (string | undefined)[] = [];
/** Milliseconds until the webhook answers. */
let slowness = 0;

beforeAll(async () => {
  webhook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      told.push(JSON.parse(body));
      authorizations.push(request.headers.authorization);
      keys.push(request.headers["idempotency-key"]?.toString());
      setTimeout(() => response.end(), slowness);
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  const address = webhook.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
  site = await openSite("nightly", {
    environment: {
      MED_R3_SERVICES: JSON.stringify({ pager: { url, keyVariable: "PAGER_KEY" } }),
      PAGER_KEY: "planted-pager-key",
    },
  });
  await mkdir(join(site.root, "no-run"));
  const stages = { reasoner: { iterations: 0 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } };
  await site.client.workflow.execute("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [{ run, preset: "tiny", stages }],
  });
});
afterAll(async () => {
  webhook.close();
  await site.close();
});

function night(input: Record<string, unknown>): Promise<NightlyResult> {
  return site.client.workflow.execute("nightlyEvaluation", {
    workflowId: "night",
    taskQueue: queues.cpu,
    args: [{ webhook: "pager", ...input }],
  });
}

describe("nightly evaluation", () => {
  it("finds no regression in an unchanged checkpoint, and adopts a night done before", async () => {
    expect(await night({ night: "2026-01-01" })).toEqual({ night: "2026-01-01", evaluated: 2, regressions: [] });
    expect((await night({ night: "2026-01-01" })).evaluated).toBe(2);
    expect((await night({ night: "2026-01-02" })).regressions).toEqual([]);
    expect(told).toEqual([]);
    const log = await openNightlyLog(join(site.root, ".nightly"));
    expect((await log.records()).map((record) => record.night)).toEqual([
      "2026-01-01",
      "2026-01-01",
      "2026-01-02",
      "2026-01-02",
    ]);
    log.close();
  });

  it("marks a regression against the night before, tells the webhook, and shows it in the regression report", async () => {
    const log = await openNightlyLog(join(site.root, ".nightly"));
    const better = (record: NightlyRecord): NightlyRecord => ({
      ...record,
      night: "2026-01-03",
      results: record.results.map((result) => ({ ...result, correct: true })),
    });
    for (const record of (await log.records()).filter(({ night: one }) => one === "2026-01-02"))
      await log.append(better(record));
    log.close();
    const { regressions } = await night({ night: "2026-01-04" });
    expect(regressions.length).toBeGreaterThan(0);
    expect(told).toEqual([{ night: "2026-01-04", regressions, failures: [] }]);
    const marked = await site.client.workflow.getHandle("night").describe();
    expect(marked.searchAttributes["MedR3Regression"]).toEqual([true]);
    expect(await readFile(join(site.root, "nightly.html"), "utf8")).toContain("regression");
  });

  it("goes on when one run cannot be evaluated, fails in part with its name, and tells a slow webhook once, with a key", async () => {
    const broken = join(site.root, "broken");
    await mkdir(broken);
    await writeFile(join(broken, "configuration.json"), "{");
    told.length = 0;
    keys.length = 0;
    slowness = 4000;
    const failed = night({ night: "2026-01-05" });
    await expect(failed).rejects.toMatchObject({
      cause: { type: "FailedInPart", message: expect.stringMatching(/2 evaluated, 1 failed: broken: .*JSON/u) },
    });
    await expect(night({ night: "2026-01-05", runs: ["nobody", run], webhook: null })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('there is no run "nobody"') },
    });
    expect(told).toEqual([
      {
        night: "2026-01-05",
        regressions: [],
        failures: [{ run: "broken", pool: null, cause: expect.any(String) as unknown }],
      },
    ]);
    expect(new Set(authorizations)).toEqual(new Set(["Bearer planted-pager-key"]));
    expect(keys).toEqual([expect.stringMatching(/^night-2026-01-05-[0-9a-f]{16}$/u)]);
    const log = await openNightlyLog(join(site.root, ".nightly"));
    expect((await log.records()).filter((record) => record.night === "2026-01-05")).toHaveLength(2);
    log.close();
    slowness = 0;
    await rm(broken, { recursive: true });
  });

  it("refuses wrong input by the field's name", async () => {
    for (const address of ["file:///etc/passwd", "http://127.0.0.1/"])
      await expect(night({ webhook: address })).rejects.toMatchObject({
        cause: { message: expect.stringContaining("webhook") },
      });
    await expect(night({ webhook: "elsewhere" })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('no service "elsewhere"') },
    });
    await expect(night({ pools: ["held-out-diseses"] })).rejects.toMatchObject({
      cause: {
        message: expect.stringMatching(
          /pools, held-out-diseses: no run has such a pool; .*did you mean "held-out-diseases"/,
        ),
      },
    });
    await expect(night({ runs: ["../x"] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining("runs") },
    });
  });
});
