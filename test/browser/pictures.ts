import { Client, Connection } from "@temporalio/client";
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from "@temporalio/client";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { superviseWorkers } from "../../src/cli/workers.ts";
import { startServer } from "../../src/server/startServer.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { openBrowser } from "./chromium.ts";
import { createUi } from "./ui.ts";

/**
 * Takes the documentation's pictures anew: the README's of a quick run, docs/operations.md's of a small run at an open gate. Minutes;
 * `node --import tsx test/browser/pictures.ts`.
 */
const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "med-r3-pictures-"));
const server = await startServer({ root, port: 0, uiPort: 0, onProgress: console.error });
const workers = superviseWorkers({
  root,
  address: server.address,
  namespace: server.namespace,
  name: "pictures",
  onRestart: console.error,
});
const connection = await Connection.connect({ address: server.address });
const browser = await openBrowser();
try {
  const client = new Client({ connection });
  await quickRun(client);
  await openGate(client);
} finally {
  await browser.close();
  await connection.close();
  await workers.stop();
  await server.stop();
  await rm(root, { recursive: true, force: true });
}
process.exit(0);

async function quickRun(client: Client): Promise<void> {
  const handle = await start(client, { run: "quick-1", preset: "quick" });
  const { page, ui } = await openPage(1400, 900);
  await until(handle, ({ iterationsDone }) => iterationsDone >= 100);
  await ui.visit(`workflows/${handle.workflowId}/${handle.firstExecutionRunId}/user-metadata`);
  await page.frameLocator("iframe").getByText("You can").waitFor();
  await take(page, "temporal-ui");
  await handle.result();
  const report = await openPage(1000, 1700);
  await report.page.goto(pathToFileURL(join(root, "quick-1", "report.html")).href);
  await take(report.page, "report");
}

async function openGate(client: Client): Promise<void> {
  const gate = { otherwise: "hold", minimumGain: 0.5 };
  const handle = await start(client, { run: "mine", preset: "tiny", gate, evaluation: { questions: 0 } });
  await until(handle, ({ waitsForPerson }) => waitsForPerson);
  const { page, ui } = await openPage(1200, 720);
  await ui.visit(`workflows/${handle.workflowId}/${handle.firstExecutionRunId}/user-metadata`);
  await page.frameLocator("iframe").getByText("You can").waitFor();
  await page.getByRole("button", { name: "More Actions" }).click();
  await take(page, "ui-actions");
}

function start(
  client: Client,
  input: { readonly run: string; readonly preset: string; readonly [setting: string]: unknown },
): Promise<WorkflowHandleWithFirstExecutionRunId> {
  const workflowId = `curriculum-${input.run}`;
  return client.workflow.start("curriculum", { workflowId, taskQueue: queues.cpu, args: [input] });
}

async function until(handle: WorkflowHandle, reached: (progress: RunProgress) => boolean): Promise<void> {
  for (;;) {
    const progress = await handle.query<RunProgress>("progress").catch(() => null);
    if (progress !== null && reached(progress)) return;
    await sleep(500);
  }
}

async function openPage(width: number, height: number): Promise<{ page: Page; ui: ReturnType<typeof createUi> }> {
  const page = await (await browser.newContext({ viewport: { width, height } })).newPage();
  return { page, ui: createUi(page, server.uiAddress, server.namespace) };
}

async function take(page: Page, name: string): Promise<void> {
  await sleep(1500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
