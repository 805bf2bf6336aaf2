import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../workflows/progress.ts";
import { createNamespace } from "../integration/namespace.ts";
import { createScript } from "./scripted.ts";
import { serveScripted } from "./scriptedWorkers.ts";

const histories = new URL("histories/", import.meta.url);
const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The workflows as the first recorded version had them. */
let firstVersion: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  firstVersion = await bundleWorkflowCode({
    workflowsPath: path("../../workflows/all.ts"),
    logger: new DefaultLogger("ERROR"),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: Object.assign({}, config.resolve?.alias, { "./patches.ts": path("firstVersionPatches.ts") }),
      },
    }),
  });
});

it.each(readdirSync(histories).filter((file) => file.startsWith("0.1.0-")))(
  "%s is what that version does",
  async (file) => {
    const history: unknown = JSON.parse(readFileSync(new URL(file, histories), "utf8"));
    await expect(
      Worker.runReplayHistory(
        { workflowBundle: firstVersion },
        history,
        file.replace(/^[^-]+-[^-]+-/u, "").replace(".json", ""),
      ),
    ).resolves.toBeUndefined();
  },
);

it("a run that the first version began is completed by today's code", async () => {
  const place = await createNamespace();
  const script = createScript(8);
  const stopFirst = await serveScripted(place, script, { workflowBundle: firstVersion });
  const handle = await place.client.workflow.start("curriculum", {
    workflowId: "curriculum-old",
    taskQueue: queues.cpu,
    args: [{}],
  });
  await expect
    .poll(() => handle.query<RunProgress>("progress").catch(() => null), { timeout: 60_000, interval: 20 })
    .toMatchObject({ phase: "training", iteration: 2 });
  await stopFirst();
  const stopToday = await serveScripted(place, script);
  expect(await handle.result()).toEqual({ run: "scripted", report: "report.html" });
  expect(script.done).toEqual([8, 8, 8]);
  await stopToday();
  await place.close();
});
