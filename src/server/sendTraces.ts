import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { Resource } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OpenTelemetryPlugin } from "@temporalio/interceptors-opentelemetry";
import type { Tracing } from "./tracing.ts";

/** Little is lost when a process is killed. */
const sendEvery = 1000;

/** Traces of a service that go to the collector that the process' environment names. */
export function sendTraces(service: string): Tracing {
  const resource = new Resource({ "service.name": service });
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: sendEvery });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  // Without a manager of contexts, headers carry no trace and every span stands alone.
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  return {
    plugins: [new OpenTelemetryPlugin({ resource, spanProcessor, tracer: provider.getTracer("med-r3") })],
    flush: () => provider.forceFlush().catch(() => undefined),
  };
}
