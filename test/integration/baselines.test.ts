import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { EvaluationRecord } from "../../src/trajectories/records.ts";
import { queues } from "../../temporal.config.ts";

/** A run whose evaluation another model answers too, over HTTP as OpenAI's chat API speaks: stop strings are cut off without a word. */
const key = "planted-key-of-the-baseline";
const stages = { reasoner: { iterations: 0 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } };
const baseline = { service: "served", model: "some-model", price: { input: 2, output: 10 } };
const asked: { readonly authorization: string | undefined; readonly messages: number }[] = [];

let server: Server;
let site: Site;
let evaluations: readonly EvaluationRecord[];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { messages, stop } = JSON.parse(body) as { messages: readonly unknown[]; stop?: readonly string[] };
      asked.push({ authorization: request.headers.authorization, messages: messages.length });
      const searches = stop !== undefined && stop.length > 0 && messages.length <= 2;
      const content = searches ? "<think>I look. <search>fever" : "</think><answer>nothing</answer>";
      response.setHeader("content-type", "application/json").end(
        JSON.stringify({
          choices: [{ message: { role: "assistant", content }, finish_reason: "stop" }],
          usage: { prompt_tokens: 100, completion_tokens: 10 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/v1`;
  site = await openSite("baselines", {
    environment: { MED_R3_SERVICES: JSON.stringify({ served: { url, keyVariable: "SERVED_KEY" } }), SERVED_KEY: key },
  });
  const baselines = [
    { name: "with tools", ...baseline },
    { name: "by heart", ...baseline, retrieval: false },
  ];
  await start({ run: "beside", baselines });
  const log = await openRunLog(join(site.root, "beside"));
  evaluations = await log.readEvaluations("main");
  log.close();
});
afterAll(async () => {
  await site?.close();
  server?.close();
});

function start(input: Record<string, unknown>): Promise<unknown> {
  return site.client.workflow.execute("curriculum", {
    workflowId: `curriculum-${String(input["run"])}`,
    taskQueue: queues.cpu,
    args: [{ preset: "tiny", stages, ...input }],
  });
}

describe("a run with baselines", () => {
  it("asks them each pool once, with tools and without, and counts what the server says it took", () => {
    const own = evaluations.filter(({ pool }) => !pool.startsWith("baseline "));
    const others = evaluations.filter(({ pool }) => pool.startsWith("baseline "));
    expect(others.map(({ pool }) => pool).toSorted()).toEqual(
      own.flatMap(({ pool }) => [`baseline by heart: ${pool}`, `baseline with tools: ${pool}`]).toSorted(),
    );
    for (const { pool, metrics, results } of others) {
      const requests = results.length * (pool.includes("with tools") ? 2 : 1);
      expect(metrics["service/requests"]).toBe(requests);
      expect(metrics["service/tokens/in"]).toBe(requests * 100);
      expect(metrics["service/cost"]).toBeCloseTo((requests * (100 * 2 + 10 * 10)) / 1e6, 12);
      expect(results.every(({ correct }) => correct === false)).toBe(true);
    }
  });

  it("shows them in the report, and the key nowhere", async () => {
    const report = await readFile(join(site.root, "beside", "report.html"), "utf8");
    expect(report).toContain("with tools");
    expect(report).toContain("some-model");
    expect(report).not.toContain(key);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${key}`]));
    expect(JSON.stringify(evaluations)).not.toContain(key);
  });

  it("is refused before its start where a baseline's service is not listed", async () => {
    const baselines = [{ name: "lost", ...baseline, service: "elsewhere" }];
    await expect(start({ run: "refused", baselines })).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringContaining("elsewhere") },
    });
  });
});
