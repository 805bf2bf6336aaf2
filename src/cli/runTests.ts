import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { print } from "../output/terminal.ts";
import { exitCodeOf, type Interruptions } from "./interruption.ts";
import type { TestOptions } from "./testOptions.ts";

/** How many checks passed, failed and were skipped. */
interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's JSON report that is counted. */
const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  success: z.boolean(),
  numFailedTestSuites: z.number(),
});

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** The JavaScript file behind a package's command. */
function commandFile(packageName: string, command: string): string {
  const manifestFile = join(projectFolder, "node_modules", packageName, "package.json");
  const { bin } = require(manifestFile) as { bin: string | Record<string, string> };
  const file = typeof bin === "string" ? bin : bin[command];
  if (file === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(dirname(manifestFile), file);
}

/** What an interruption ends; the tool that runs is ended with it. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

async function runTool(
  title: string,
  packageName: string,
  command: string,
  toolArguments: readonly string[],
  interruptions: Interruptions,
): Promise<boolean> {
  print(`\n── ${title} ──`);
  const started = performance.now();
  const child = spawn(process.execPath, [commandFile(packageName, command), ...toolArguments], {
    cwd: projectFolder,
    stdio: "inherit",
  });
  void interruptions.happened.then(() => child.kill("SIGTERM"));
  const passed = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
  if (interruptions.seen() !== null) throw new Interrupted(title);
  print(`${title}: ${passed ? "passed" : "FAILED"} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return passed;
}

/** A check counts as one test. */
function asTally(passed: boolean): Tally {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

async function runVitest(filters: readonly string[], interruptions: Interruptions): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "med-r3-test-"));
  const reportFile = join(folder, "report.json");
  try {
    const passed = await runTool(
      "Tests",
      "vitest",
      "vitest",
      ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`, ...filters],
      interruptions,
    );
    return readTally(reportFile, passed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A suite that could not even be loaded, or a run that failed outside its tests, counts as a failure. */
function readTally(reportFile: string, passed: boolean): Tally {
  try {
    const report = VitestReport.parse(JSON.parse(readFileSync(reportFile, "utf8")));
    const failed = Math.max(report.numFailedTests, passed ? 0 : 1);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return asTally(false);
  }
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((total, tally) => ({
    passed: total.passed + tally.passed,
    failed: total.failed + tally.failed,
    skipped: total.skipped + tally.skipped,
  }));
}

/** Checks types, lint and format, runs the tests, and ends with what passed, failed and was skipped. */
export async function runTests({ words }: TestOptions, interruptions: Interruptions): Promise<number> {
  try {
    const total = sum([
      asTally(await runTool("Types", "typescript", "tsc", ["--noEmit"], interruptions)),
      asTally(await runTool("Lint", "oxlint", "oxlint", ["--type-aware", "--deny-warnings"], interruptions)),
      asTally(await runTool("Format", "@biomejs/biome", "biome", ["format", "."], interruptions)),
      await runVitest(words, interruptions),
    ]);
    print(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.failed === 0 ? 0 : 1;
  } catch (error) {
    const why = interruptions.seen();
    if (error instanceof Interrupted && why !== null) return exitCodeOf(why);
    throw error;
  }
}
