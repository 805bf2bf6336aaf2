import { Worker } from "node:worker_threads";
import { builtFile, isBuilt } from "../launch/builtFile.ts";

/** A thread that begins with a TypeScript file of the project, one of src/launch/programs.mjs, and gets `workerData`. */
export function startThread(module: URL, workerData?: unknown): Worker {
  if (!isBuilt) return new Worker(new URL("./threadEntry.mjs", import.meta.url), { workerData, argv: [module.href] });
  return new Worker(builtFile(module), { workerData, execArgv: [...process.execArgv, "--enable-source-maps"] });
}
