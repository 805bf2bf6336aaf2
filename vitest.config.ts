import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Folders whose tests need a Temporal server; they share one. */
const withServer = [
  "test/workflows/**/*.test.ts",
  "test/activities/**/*.test.ts",
  "test/integration/**/*.test.ts",
  "test/browser/**/*.test.ts",
];

export default defineConfig({
  /** What extensions import; see src/extensions/resolve.mjs. */
  resolve: { alias: { "med-r3": fileURLToPath(new URL("src/extensions/publicApi.ts", import.meta.url)) } },
  test: {
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default"],
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: withServer } },
      {
        extends: true,
        test: {
          name: "temporal",
          include: withServer,
          globalSetup: ["test/integration/server.ts"],
          setupFiles: ["test/integration/quiet.ts"],
        },
      },
    ],
  },
});
