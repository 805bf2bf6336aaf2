import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { Resource } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OpenTelemetryPlugin } from "@temporalio/interceptors-opentelemetry";

/** Little is lost when a process is killed. */
const sendEvery = 1000;

export interface Tracing {
  /** Give them to the client, to the workers, and to the workflow bundle; empty without a collector. */
  readonly plugins: OpenTelemetryPlugin[];
  /** Sends what waits; call it before the process ends. A collector that does not answer loses it. */
  flush(): Promise<void>;
}

/**
 * OpenTelemetry traces that join client, workflow and activity, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
 * Call once in a process.
 */
export function openTracing(environment: NodeJS.ProcessEnv, service: string): Tracing {
  if (!environment["OTEL_EXPORTER_OTLP_ENDPOINT"]) return { plugins: [], flush: () => Promise.resolve() };
  const resource = new Resource({ "service.name": environment["OTEL_SERVICE_NAME"] ?? service });
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: sendEvery });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  // Without a manager of contexts, headers carry no trace and every span stands alone.
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  return {
    plugins: [new OpenTelemetryPlugin({ resource, spanProcessor, tracer: provider.getTracer("med-r3") })],
    flush: () => provider.forceFlush().catch(() => undefined),
  };
}
