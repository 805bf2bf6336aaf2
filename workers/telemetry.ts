import { DefaultLogger, Runtime, type LogEntry, type LogLevel } from "@temporalio/worker";
import { inspect } from "node:util";
import { z } from "zod";
import { badInput } from "../src/cli/cliError.ts";
import { printError } from "../src/output/terminal.ts";

const Settings = z.object({
  /** host:port that Prometheus may read; nothing listens without it. */
  MED_R3_METRICS_ADDRESS: z
    .string()
    .regex(/^[^:\s]+:\d+$/, "use host:port, for example 127.0.0.1:9464")
    .optional(),
  MED_R3_LOG_LEVEL: z.enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]).default("WARN"),
});

/** Installs the process' Temporal runtime: logs, and Prometheus metrics where they are asked for. Call once, before any worker. */
export function installRuntime(environment: NodeJS.ProcessEnv): void {
  const parsed = Settings.safeParse(environment);
  if (!parsed.success)
    throw badInput(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  const { MED_R3_METRICS_ADDRESS: address, MED_R3_LOG_LEVEL: level } = parsed.data;
  Runtime.install({
    logger: new DefaultLogger(level as LogLevel, writeEntry),
    // Signals are handled in main.ts: the runtime's own handlers would end the process in the middle of a clean-up.
    shutdownSignals: [],
    telemetryOptions: address === undefined ? {} : { metrics: { prometheus: { bindAddress: address } } },
  });
}

/** Log lines hold errors, and errors hold texts of others. */
function writeEntry({ level, timestampNanos, message, meta }: LogEntry): void {
  printError(
    `${new Date(Number(timestampNanos / 1_000_000n)).toISOString()} [${level}] ${message}${meta === undefined ? "" : ` ${inspect(meta, { depth: 4 })}`}`,
  );
}
