import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  gotThrough,
  requestsOfPage,
  requestsOfReboundPage,
  sendAsPage,
} from "../../bench/support/safety/foreignPage.ts";
import { listeningPorts } from "../../bench/support/safety/listeningPorts.ts";
import { openSite, type Site } from "../../bench/support/site.ts";
import { freePort } from "../../src/server/ports.ts";
import { openTracing } from "../../src/server/tracing.ts";
import { queues } from "../../temporal.config.ts";
import { startCollector, type Collector } from "./collector.ts";

let collector: Collector;
let site: Site;
let metricsAddress: string;

beforeAll(async () => {
  collector = await startCollector();
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.endpoint;
  metricsAddress = `127.0.0.1:${await freePort()}`;
  site = await openSite("traces", {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, MED_R3_METRICS_ADDRESS: metricsAddress },
  });
});
afterAll(async () => {
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  await site.close();
  collector.close();
});

it("client, workflow and activity are spans of one trace at the collector, each under its cause", async () => {
  const connection = await Connection.connect({ address: site.address });
  const client = new Client({ connection, plugins: (await openTracing(process.env, "client")).plugins });
  await client.workflow.execute("nightlyEvaluation", { workflowId: "traced", taskQueue: queues.cpu, args: [{}] });
  const names = [
    "StartWorkflow:nightlyEvaluation",
    "RunWorkflow:nightlyEvaluation",
    "StartActivity:reportRegressions",
    "RunActivity:reportRegressions",
  ];
  await expect.poll(() => names.filter((name) => collector.span(name) === undefined), { timeout: 30_000 }).toEqual([]);
  await connection.close();
  const [started, ran, scheduled, activity] = names.map((name) => collector.span(name));
  expect(started).toMatchObject({ service: "client" });
  expect(ran).toMatchObject({ traceId: started?.traceId, parentSpanId: started?.spanId });
  expect(scheduled).toMatchObject({ parentSpanId: ran?.spanId });
  expect(activity).toMatchObject({
    traceId: started?.traceId,
    parentSpanId: scheduled?.spanId,
    service: "med-r3-worker-all",
  });
});

it("workers serve Prometheus metrics at the address they are given", async () => {
  const response = await fetch(`http://${metricsAddress}/metrics`);
  expect(await response.text()).toMatch(/^temporal_workflow_completed\S* 1$/mu);
});

it("pages of other sites read no metrics, whatever name leads to this machine", async () => {
  const ports = [Number(new URL(`http://${metricsAddress}`).port), ...(await listeningPorts(site.workerPid))];
  expect(ports.length).toBeGreaterThan(1);
  const requests = [...requestsOfPage(ports, "none"), ...requestsOfReboundPage(ports, "none")];
  const answers = await Promise.all(requests.map(async (request) => gotThrough(request, await sendAsPage(request))));
  expect(requests.filter((_, index) => answers[index])).toEqual([]);
});
