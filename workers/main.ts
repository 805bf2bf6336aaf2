import { parseWorkerOptions } from "./options.ts";
import { createWorkers } from "./serve.ts";
import { installRuntime } from "./telemetry.ts";
import { print } from "../src/output/terminal.ts";

installRuntime(process.env);
const workers = await createWorkers(parseWorkerOptions(process.argv.slice(2), process.env));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => workers.shutdown());
// A supervisor that dies leaves no orphan behind.
process.once("disconnect", () => workers.shutdown());
const serving = workers.run();
print("worker ready");
await serving;
process.exit(0);
