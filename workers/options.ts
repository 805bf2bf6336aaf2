import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { z } from "zod";

const WorkerOptions = z.strictObject({
  /** gpu: an engine and its queue; cpu: workflows and all other activities; all: both in one process, for a laptop. */
  role: z.enum(["all", "gpu", "cpu"]).default("all"),
  /** Left out: Temporal's environment configuration, else the laptop's own server. */
  address: z.string().min(1).optional(),
  namespace: z.string().min(1).optional(),
  /** Storage root; shared by all workers. */
  root: z.string().min(1).default("runs"),
  /** Name of this gpu process' own queue; a process that takes a dead one's place takes its name too. */
  name: z.string().regex(/^[A-Za-z0-9.-]{1,100}$/, "use 1 to 100 letters, digits, dots and hyphens").default(`${hostname()}-${process.pid}`),
  /**
   * Seconds that running work may take to end after SIGTERM before it is cancelled and done again elsewhere. A long
   * time drains the worker for maintenance.
   */
  grace: z.coerce.number().min(0).max(86_400).default(2),
  /** Both or none: a deployment whose workflows stay with the version that they began on. Without: the newest code goes on. */
  deployment: z.string().min(1).max(100).optional(),
  "build-id": z.string().min(1).max(100).optional(),
})
  .refine((options) => (options.deployment === undefined) === (options["build-id"] === undefined), { message: "give --deployment and --build-id together", path: ["deployment"] });
export type WorkerOptions = z.infer<typeof WorkerOptions>;

/** Reads the command line of a worker; the environment gives the root where no option does. */
export function parseWorkerOptions(commandLine: readonly string[], environment: NodeJS.ProcessEnv): WorkerOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: Object.fromEntries(Object.keys(WorkerOptions.shape).map((name) => [name, { type: "string" as const }])),
  });
  const root = values["root"] ?? environment["MED_R3_ROOT"];
  const parsed = WorkerOptions.safeParse({ ...values, ...(root === undefined ? {} : { root }) });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("\n"));
}
