import type { OpenTelemetryPlugin } from "@temporalio/interceptors-opentelemetry";

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
export async function openTracing(environment: NodeJS.ProcessEnv, service: string): Promise<Tracing> {
  if (!environment["OTEL_EXPORTER_OTLP_ENDPOINT"]) return { plugins: [], flush: () => Promise.resolve() };
  // Only here: these packages are a quarter of the files that a worker would load.
  const { sendTraces } = await import("./sendTraces.ts");
  return sendTraces(environment["OTEL_SERVICE_NAME"] ?? service);
}
