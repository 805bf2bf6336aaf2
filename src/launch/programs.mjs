import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** What processes and threads of a run begin with, relative to the project's folder; benches are loaded file by file. */
export const programs = [
  "workers/main.ts",
  "src/cli/start.ts",
  "src/cli/serveUi.ts",
  "src/cli/schedules.ts",
  "src/cli/prune.ts",
  "src/cli/trajectories.ts",
  "src/cli/ask.ts",
  "src/cli/compare.ts",
  "src/cli/study.ts",
  "src/cli/index.ts",
  "src/cli/search.ts",
  "src/cli/review.ts",
  "src/cli/checkEngine.ts",
  "src/cli/makeBase.ts",
  "src/cli/test.ts",
  "src/extensions/publicApi.ts",
  "src/threads/jobThread.ts",
  "src/corpus/passagesJob.ts",
  "src/benchmarks/ownSplits.ts",
  "src/corpus/embedding/modelThread.ts",
  "src/engines/onnx/replicas/replicaThread.ts",
  "src/coldStart/vocabularyThread.ts",
];
