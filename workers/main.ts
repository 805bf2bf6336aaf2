import { Runtime } from "@temporalio/worker";
import { parseWorkerOptions } from "./options.ts";
import { createWorkers } from "./serve.ts";

// Signals are handled below: the runtime's own handlers would end the process in the middle of a clean-up.
Runtime.install({ shutdownSignals: [] });

const workers = await createWorkers(parseWorkerOptions(process.argv.slice(2), process.env));
for (const signal of ["SIGINT", "SIGTERM", "disconnect"] as const) process.once(signal, () => workers.shutdown());
const serving = workers.run();
console.log("worker ready");
await serving;
process.exit(0);
