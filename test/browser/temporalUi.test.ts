import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { queues } from "../../temporal.config.ts";
import { createScript, type Script } from "../workflows/scripted.ts";
import { startScripted, type ScriptedWorkers } from "../workflows/scriptedWorkers.ts";
import { chromiumPath, openBrowser } from "./chromium.ts";

describe.skipIf(chromiumPath === undefined)("a run operated from the Temporal UI (needs chromium)", () => {
  let browser: Browser;
  let page: Page;
  let workers: ScriptedWorkers;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await page.close();
    await workers.stop();
  });

  async function open(script: Script): Promise<void> {
    workers = await startScripted(script);
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  }

  async function visit(path: string): Promise<void> {
    await page.goto(`${inject("temporalUiAddress")}/namespaces/${workers.namespace}/workflows/${path}`);
  }

  /** Types into the form's editor, which rewrites the text when it is left. */
  async function enterJson(value: unknown): Promise<void> {
    await page.locator(".cm-content").last().click();
    await page.keyboard.insertText(JSON.stringify(value));
    await page.getByText("(only single JSON payload supported)").last().click();
  }

  async function details(id: string): Promise<string> {
    const { runId } = await workers.client.workflow.getHandle(id).describe();
    await visit(`${id}/${runId}/user-metadata`);
    return page.frameLocator("iframe").locator("body").innerText();
  }

  it("starts from the prefilled form with one JSON object", async () => {
    await open(createScript(1));
    await visit(`start-workflow?workflowType=curriculum&taskQueue=${queues.cpu}&workflowId=curriculum-form`);
    await enterJson({ preset: "quick" });
    await page.getByRole("button", { name: "Start Workflow" }).click();
    await expect.poll(() => workers.client.workflow.getHandle("curriculum-form").result().catch(() => null), { timeout: 60_000 }).toMatchObject({ report: "report.html" });
    await visit("curriculum-form");
    await page.getByText("Completed").first().waitFor();
    await page.getByText("write the report").first().waitFor();
  });

  it("shows a waiting gate in the details, with what a person can do", async () => {
    const script = createScript(1);
    script.gateDecision = "hold";
    await open(script);
    await workers.client.workflow.start("curriculum", { workflowId: "curriculum-gate", taskQueue: queues.cpu, args: [{}] });
    await expect.poll(() => details("curriculum-gate"), { timeout: 60_000, interval: 500 }).toContain("gate waits for a person");
    expect(await details("curriculum-gate")).toContain("decideGate");
  });
});
