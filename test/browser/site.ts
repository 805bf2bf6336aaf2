import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import type { Script } from "../workflows/scripted.ts";
import { startScripted, type ScriptedWorkers } from "../workflows/scriptedWorkers.ts";
import { openBrowser } from "./chromium.ts";
import { createUi, type Ui } from "./ui.ts";

export interface BrowserSite {
  readonly page: Page;
  readonly workers: ScriptedWorkers;
  readonly ui: Ui;
}

/** One browser for the tests of a file; each opens workers and a page of its own, closed after it. */
export function useBrowser(): (script: Script) => Promise<BrowserSite> {
  let browser: Browser | undefined;
  /** One for all pages, which then share the cache of the UI's code. */
  let context: BrowserContext | undefined;
  let site: BrowserSite | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await site?.page.close();
    await site?.workers.stop();
    site = undefined;
  });
  return async (script) => {
    if (context === undefined) throw new Error("the browser is not open yet");
    const workers = await startScripted(() => script);
    const page = await context.newPage();
    site = { page, workers, ui: createUi(page, inject("temporalUiAddress"), workers.namespace) };
    return site;
  };
}
