import { DefaultLogger, Runtime, type LogEntry, type LogLevel } from "@temporalio/worker";
import { once } from "node:events";
import { inspect } from "node:util";
import { z } from "zod";
import { badInput } from "../src/cli/cliError.ts";
import { printError } from "../src/output/terminal.ts";
import { createPageGuard } from "../src/server/pageGuard.mjs";
import { secretListener, type Listener } from "../src/server/ports.ts";
import { messageOf } from "../src/domain/messageOf.ts";

const Settings = z.object({
  /** host:port that Prometheus may read; nothing listens without it. */
  MED_R3_METRICS_ADDRESS: z
    .string()
    .regex(/^[^:\s]+:\d+$/, "use host:port, for example 127.0.0.1:9464")
    .transform((address): Listener => {
      const [host = "", port] = address.split(":");
      return { host, port: Number(port) };
    })
    .optional(),
  MED_R3_LOG_LEVEL: z.enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]).default("WARN"),
});

/** Installs the process' Temporal runtime: logs, and Prometheus metrics where they are asked for. Call once, before any worker. */
export async function installRuntime(environment: NodeJS.ProcessEnv): Promise<void> {
  const parsed = Settings.safeParse(environment);
  if (!parsed.success)
    throw badInput(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  const { MED_R3_METRICS_ADDRESS: address, MED_R3_LOG_LEVEL: level } = parsed.data;
  const metrics = address === undefined ? null : await guardMetrics(address, environment);
  Runtime.install({
    logger: new DefaultLogger(level as LogLevel, writeEntry),
    // Signals are handled in main.ts: the runtime's own handlers would end the process in the middle of a clean-up.
    shutdownSignals: [],
    telemetryOptions: metrics === null ? {} : { metrics: { prometheus: { bindAddress: metrics } } },
  });
}

/** The runtime's own metrics answer any web page: they stand where none finds them, and the address that was asked for leads there. Returns host:port. */
async function guardMetrics(address: Listener, environment: NodeJS.ProcessEnv): Promise<string> {
  const inner = await secretListener();
  const guard = createPageGuard(inner, environment).unref();
  await once(guard.listen(address.port, address.host), "listening").catch((error: unknown) => {
    throw badInput(`MED_R3_METRICS_ADDRESS: ${messageOf(error)}`);
  });
  return `${inner.host}:${inner.port}`;
}

/** Log lines hold errors, and errors hold texts of others. */
function writeEntry({ level, timestampNanos, message, meta }: LogEntry): void {
  printError(
    `${new Date(Number(timestampNanos / 1_000_000n)).toISOString()} [${level}] ${message}${meta === undefined ? "" : ` ${inspect(meta, { depth: 4 })}`}`,
  );
}
