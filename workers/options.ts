import { hostname } from "node:os";
import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "../src/cli/commandLine.ts";

const WorkerOptions = z
  .strictObject({
    /** gpu: an engine and its queue; cpu: workflows and all other activities; all: both in one process, for a laptop. */
    role: z.enum(["all", "gpu", "cpu"]),
    /** Left out: Temporal's environment configuration, else the laptop's own server. */
    address: z.string().min(1).optional(),
    namespace: z.string().min(1).optional(),
    /** The server at the address is the laptop's own: without key, TLS and proxy, whatever TEMPORAL_* variables and profile files say. */
    local: z.boolean(),
    /** Storage root; shared by all workers. */
    root: z.string().min(1),
    /** Name of this gpu process' own queue; a process that takes a dead one's place takes its name too. */
    name: z.string().regex(/^[A-Za-z0-9.-]{1,100}$/, "use 1 to 100 letters, digits, dots and hyphens"),
    /**
     * Seconds that running work may take to end after SIGTERM before it is cancelled and done again elsewhere. A long
     * time drains the worker for maintenance.
     */
    grace: z.coerce.number({ error: "expected a number of seconds" }).min(0).max(86_400),
    /** Both or none: a deployment whose workflows stay with the version that they began on. Without: the newest code goes on. */
    deployment: z.string().min(1).max(100).optional(),
    buildId: z.string().min(1).max(100).optional(),
    words: z.array(z.string()).max(0, { error: "expected options only" }),
  })
  .refine((options) => (options.deployment === undefined) === (options.buildId === undefined), {
    message: "give --deployment and --build-id together",
    path: ["deployment"],
  });
export type WorkerOptions = z.infer<typeof WorkerOptions>;

/** Reads the command line of a worker; the environment gives the root where no option does. Null when only help was asked for. */
export function parseWorkerOptions(
  commandLine: readonly string[],
  environment: NodeJS.ProcessEnv,
): WorkerOptions | null {
  const command = new Command("npm run worker --")
    .description(
      "Serves workflows and activities of a Temporal server. npm start has workers of its own; these are for further machines.",
    )
    .option("--role <role>", "gpu (an engine and its queue), cpu (workflows and everything else) or all", "all")
    .option(
      "--address <host:port>",
      "the server (default: as TEMPORAL_* variables or a profile file say, else 127.0.0.1:7233)",
    )
    .option("--namespace <name>", "its namespace")
    .option(
      "--local",
      "the server is the laptop's own: without key, TLS and proxy, whatever TEMPORAL_* variables say",
      false,
    )
    .option(
      "--root <folder>",
      "where runs are kept, shared by all workers (or MED_R3_ROOT)",
      environment["MED_R3_ROOT"] || "runs",
    )
    .option(
      "--name <name>",
      "name of a gpu worker's own queue; one that takes a dead one's place takes its name",
      `${hostname()}-${process.pid}`.replaceAll(/[^A-Za-z0-9.-]/gu, "-").slice(-100),
    )
    .option("--grace <seconds>", "time for running work to end after SIGTERM; a long one drains the worker", "2")
    .option("--deployment <name>", "with --build-id: workflows stay with the version that they began on")
    .option("--build-id <id>", "with --deployment: this version")
    .allowExcessArguments(true);
  return readCommandLine(command, WorkerOptions, commandLine);
}
