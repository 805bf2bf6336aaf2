import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { Resource } from "@opentelemetry/resources";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OpenTelemetryPlugin } from "@temporalio/interceptors-opentelemetry";

/**
 * OpenTelemetry traces that join client, workflow and activity, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector;
 * empty elsewhere. Give the plugins to the client, to the workers, and to the workflow bundle.
 */
export function tracingPlugins(environment: NodeJS.ProcessEnv, service: string): OpenTelemetryPlugin[] {
  if (!environment["OTEL_EXPORTER_OTLP_ENDPOINT"]) return [];
  const resource = new Resource({ "service.name": environment["OTEL_SERVICE_NAME"] ?? service });
  return [new OpenTelemetryPlugin({ resource, spanProcessor: new BatchSpanProcessor(new OTLPTraceExporter()) })];
}
