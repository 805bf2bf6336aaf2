/** Where one dev server keeps its state and listens; loopback only. */
export interface StartDevOptions {
  readonly databaseFile: string;
  readonly port: number;
  /** Where the UI itself is; people get to it through the keeper's proxy. */
  readonly ui: { readonly host: string; readonly port: number };
  /** Port of the server's own metrics, which answer whoever asks. */
  readonly metricsPort: number;
}

/** Loopback: the dev server has no access control. */
export const serverHost = "127.0.0.1";

/** Command line of `temporal server start-dev`; the dynamic values lift the dev server's default of 20 tasks a second (docs/architecture.md#the-temporal-server), spare round trips, and keep priorities. */
export function startDevArguments(options: StartDevOptions): string[] {
  return [
    "server",
    "start-dev",
    "--db-filename",
    options.databaseFile,
    "--ip",
    serverHost,
    "--port",
    String(options.port),
    "--ui-ip",
    options.ui.host,
    "--ui-port",
    String(options.ui.port),
    "--metrics-port",
    String(options.metricsPort),
    "--log-level",
    "warn",
    "--sqlite-pragma",
    "journal_mode=wal",
    "--sqlite-pragma",
    "synchronous=1",
    ...dynamicValues.flatMap((value) => ["--dynamic-config-value", value]),
  ];
}

const dynamicValues = [
  // The dev server opens an HTTP API on a free port, without a check of where a request comes from: any web page could start workflows. No host is
  // named like this, so it answers nothing; the service and the UI speak gRPC.
  'frontend.httpAllowedHosts=["none.invalid"]',
  // Nexus would be one more way in over HTTP; nothing here uses it.
  "system.enableNexus=false",
  "history.transferProcessorMaxPollRPS=1000",
  "history.timerProcessorMaxPollRPS=1000",
  'history.workflowIdReuseMinimalInterval="10ms"',
  // The worker that ends a workflow's turn begins the turn's activities on its own queue at once.
  "system.enableActivityEagerExecution=true",
  "matching.useNewMatcher=true",
  // Priorities hold within a partition; tasks that an earlier server put elsewhere are still read.
  "matching.numTaskqueueWritePartitions=1",
] as const;
