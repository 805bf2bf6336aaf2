import { resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./openRun.ts";
import { runInterruptible } from "./problem.ts";
import { Port } from "./startOptions.ts";

const Options = z.strictObject({ root: z.string().min(1), port: Port, uiPort: Port, words: z.array(z.string()).max(0, { error: "expected options only" }) });

const command = new Command("npm run serve-ui --")
  .description("Starts the laptop's server, its Web UI and workers without a run, for work from the UI: start, watch, steer. Unfinished runs go on. Ctrl-C ends it.")
  .option("--root <folder>", "where runs, indexes and the server's database are kept (or MED_R3_ROOT)", defaultRoot())
  .option("--port <number>", "port of the Temporal server; 0 takes a free one", "7233")
  .option("--ui-port <number>", "port of the Temporal Web UI; 0 takes a free one", "8233");

await runInterruptible(async (interruptions) => {
  const options = readCommandLine(command, Options, process.argv.slice(2));
  if (options === null) return 0;
  const { serveUi } = await import("./site.ts");
  return serveUi({ ...options, root: resolve(options.root) }, interruptions);
});
