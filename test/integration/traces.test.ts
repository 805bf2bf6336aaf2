import { Client, Connection } from "@temporalio/client";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { openSite, type Site } from "../../bench/support/site.ts";
import { freePort } from "../../src/server/ports.ts";
import { tracingPlugins } from "../../src/server/tracing.ts";
import { queues } from "../../temporal.config.ts";

const Span = z.object({ traceId: z.string(), spanId: z.string(), parentSpanId: z.string().optional(), name: z.string() });
const Attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const Export = z.object({
  resourceSpans: z.array(z.object({ resource: z.object({ attributes: z.array(Attribute) }), scopeSpans: z.array(z.object({ spans: z.array(Span) })) })),
});
interface ReceivedSpan extends z.infer<typeof Span> {
  readonly service: string | undefined;
}

/** Takes what an OpenTelemetry collector takes: OTLP over HTTP, as JSON. */
let collector: Server;
const received: ReceivedSpan[] = [];
let site: Site;
let metricsAddress: string;

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      for (const { resource, scopeSpans } of Export.parse(JSON.parse(body)).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue;
        received.push(...scopeSpans.flatMap(({ spans }) => spans).map((span) => ({ ...span, service })));
      }
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const address = collector.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
  metricsAddress = `127.0.0.1:${await freePort()}`;
  site = await openSite("traces", { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, MED_R3_METRICS_ADDRESS: metricsAddress } });
});
afterAll(async () => {
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  await site.close();
  collector.close();
});

it("client, workflow and activity are spans of one trace at the collector, each under its cause", async () => {
  const connection = await Connection.connect({ address: site.address });
  const client = new Client({ connection, plugins: tracingPlugins(process.env, "client") });
  await client.workflow.execute("nightlyEvaluation", { workflowId: "traced", taskQueue: queues.cpu, args: [{}] });
  const named = (name: string): ReceivedSpan | undefined => received.find((span) => span.name === name);
  await expect.poll(() => named("RunActivity:compareNight") !== undefined && named("RunWorkflow:nightlyEvaluation") !== undefined && named("StartWorkflow:nightlyEvaluation") !== undefined, { timeout: 30_000 }).toBe(true);
  await connection.close();
  const started = named("StartWorkflow:nightlyEvaluation");
  const ran = named("RunWorkflow:nightlyEvaluation");
  const activity = named("RunActivity:compareNight");
  expect(started).toMatchObject({ service: "client" });
  expect(ran).toMatchObject({ traceId: started?.traceId, parentSpanId: started?.spanId });
  expect(activity).toMatchObject({ traceId: started?.traceId, service: "med-r3-worker-all" });
  const scheduled = received.find((span) => span.spanId === activity?.parentSpanId);
  expect(scheduled).toMatchObject({ name: "StartActivity:compareNight", parentSpanId: ran?.spanId });
});

it("workers serve Prometheus metrics at the address they are given", async () => {
  const response = await fetch(`http://${metricsAddress}/metrics`);
  expect(await response.text()).toMatch(/^temporal_workflow_completed\S* 1$/mu);
});
