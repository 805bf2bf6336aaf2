import { Client, Connection } from "@temporalio/client";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { superviseWorkers } from "../../src/cli/workers.ts";
import { startServer } from "../../src/server/startServer.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { openBrowser } from "./chromium.ts";
import { createUi } from "./ui.ts";

/** Takes the pictures of docs/operations.md anew, of a small run at an open gate: `node --import tsx test/browser/pictures.ts`. */
const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const id = "curriculum-mine";
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
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 720 } })).newPage();
  const ui = createUi(page, server.uiAddress, server.namespace);
  const take = async (name: string): Promise<void> => {
    await sleep(1500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  };
  const input = {
    run: "mine",
    preset: "tiny",
    gate: { otherwise: "hold", minimumGain: 0.5 },
    evaluation: { questions: 0 },
  };
  const handle = await new Client({ connection }).workflow.start("curriculum", {
    workflowId: id,
    taskQueue: queues.cpu,
    args: [input],
  });
  while ((await handle.query<RunProgress>("progress").catch(() => null))?.waitsForPerson !== true) await sleep(500);
  const { runId } = await handle.describe();
  await ui.visit(`workflows/${id}/${runId}/user-metadata`);
  await page.frameLocator("iframe").getByText("You can").waitFor();
  await page.getByRole("button", { name: "More Actions" }).click();
  await take("ui-actions");
  await page.getByRole("menuitem", { name: "Send an Update" }).click();
  await page.getByRole("button", { name: "Select an Update" }).click();
  await page.getByRole("option", { name: "decideGate" }).first().click();
  await ui.enterJson({ decision: "approve", name: "Ada", reason: "small sample" });
  await take("ui-update");
} finally {
  await browser.close();
  await connection.close();
  await workers.stop();
  await server.stop();
  await rm(root, { recursive: true, force: true });
}
process.exit(0);
