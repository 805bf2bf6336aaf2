import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, inject } from "vitest";
import type { Script } from "../workflows/scripted.ts";
import { useScripted, type ScriptedWorkers } from "../workflows/scriptedWorkers.ts";
import { openBrowser } from "./chromium.ts";
import { createUi, type Ui } from "./ui.ts";

export interface BrowserSite {
  readonly page: Page;
  readonly workers: ScriptedWorkers;
  readonly ui: Ui;
}

/** One browser with one page, and workers that play one script after the other, for all tests of a file. */
export function useBrowser(): (script: Script) => BrowserSite {
  const play = useScripted();
  let browser: Browser | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  });
  afterAll(() => browser?.close());
  return (script) => {
    if (page === undefined) throw new Error("the browser is not open yet");
    const workers = play(script);
    return { page, workers, ui: createUi(page, inject("temporalUiAddress"), workers.namespace) };
  };
}
