import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const candidates = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** A browser of this machine, or undefined: tests that need one then skip visibly. */
export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path));

/** Starts it without a window and without any traffic of its own. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("no chromium: install it, or name it in CHROMIUM");
  const quiet = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({
    executablePath: chromiumPath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", ...quiet],
  });
}
