import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders whose tests need a Temporal server; they share one. */
const withServer = [
  "test/workflows/**/*.test.ts",
  "test/activities/**/*.test.ts",
  "test/integration/**/*.test.ts",
  "test/browser/**/*.test.ts",
];

/** Tests that change what their process knows: they add parts, or put something in a module's place. */
const changeProcess = [
  "test/extensions/**/*.test.ts",
  "test/examples/**/*.test.ts",
  "test/bench/loads.test.ts",
  "test/curriculum/decide.test.ts",
  "test/docs/shownCommands.test.ts",
  "test/engines/engineRegistry.test.ts",
  "test/report/rewardNotes.test.ts",
  "test/rewards/custom.test.ts",
  "test/rewards/paths.test.ts",
  "test/tasks/taskRegistry.test.ts",
  "test/workflows/curriculumProgress.test.ts",
];

/** Files of few lines that take long. Where nothing is known of them, files run by their size: one of these would run alone at the end. */
const long =
  /test\/(?:cli\/(?:run|ends|environment)|server\/startServer|engines\/(?:tinker\/skyrl|onnx\/webgpu))\.test\.ts$/u;

/** Long files first in each project; a process that goes from one project to another starts anew. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    const place = ({ project, moduleId }: TestSpecification): number =>
      2 * projects.indexOf(project.name) + (long.test(moduleId) ? 0 : 1);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  /** What extensions import; see src/extensions/resolve.mjs. */
  resolve: { alias: { "med-r3": fileURLToPath(new URL("src/extensions/publicApi.ts", import.meta.url)) } },
  test: {
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    /** One more than the processors: many tests wait for a server's clock. */
    maxWorkers: availableParallelism() + 1,
    /** Files one after the other in one process: loading the packages takes longer than most tests. */
    isolate: false,
    sequence: { sequencer: LongFirst },
    reporters: ["default"],
    globalSetup: ["test/temporaryFolder.ts"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [...withServer, ...changeProcess] },
      },
      { extends: true, test: { name: "process of its own", include: changeProcess, isolate: true } },
      {
        extends: true,
        test: {
          name: "temporal",
          include: withServer,
          exclude: changeProcess,
          globalSetup: ["test/temporaryFolder.ts", "test/integration/server.ts"],
          setupFiles: ["test/integration/quiet.ts"],
        },
      },
    ],
  },
});
