import { fileURLToPath } from "node:url";
import { commands } from "./commands.mjs";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** What processes and threads of a run begin with, relative to the project's folder; benches are loaded file by file. */
export const programs = [
  ...Object.values(commands).filter((program) => !program.startsWith("bench/")),
  "src/extensions/publicApi.ts",
  "src/threads/jobThread.ts",
  "src/corpus/passagesJob.ts",
  "src/benchmarks/ownSplits.ts",
  "src/corpus/embedding/modelThread.ts",
  "src/engines/onnx/replicas/replicaThread.ts",
  "src/coldStart/vocabularyThread.ts",
];
