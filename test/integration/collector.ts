import { createServer } from "node:http";
import { z } from "zod";

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
});
const Attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(Attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

export interface ReceivedSpan extends z.infer<typeof Span> {
  readonly service: string | undefined;
}

/** Takes what an OpenTelemetry collector takes: OTLP over HTTP, as JSON. */
export interface Collector {
  readonly endpoint: string;
  /** The first span of a name. */
  span(name: string): ReceivedSpan | undefined;
  close(): void;
}

export async function startCollector(): Promise<Collector> {
  const received: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
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
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    span: (name) => received.find((span) => span.name === name),
    close: () => void server.close(),
  };
}
