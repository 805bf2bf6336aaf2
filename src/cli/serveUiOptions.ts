import { Command } from "commander";
import { z } from "zod";
import { readCommandLine, Port } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const ServeUiOptions = z.strictObject({
  root: z.string().min(1),
  port: Port,
  uiPort: Port,
  words: z.array(z.string()).max(0, { error: "expected options only" }),
});
export type ServeUiOptions = z.infer<typeof ServeUiOptions>;

const command = (): Command =>
  new Command("npm run serve-ui --")
    .description(
      "Starts the laptop's server, its Web UI and workers without a run, for work from the UI: start, watch, steer. Unfinished runs go on. Ctrl-C ends it.",
    )
    .option("--root <folder>", "where runs, indexes and the server's database are kept (or MED_R3_ROOT)", defaultRoot())
    .option("--port <number>", "port of the Temporal server; 0 takes a free one", "7233")
    .option("--ui-port <number>", "port of the Temporal Web UI; 0 takes a free one", "8233");

/** Null when only help was asked for. */
export function readServeUiOptions(words: readonly string[]): ServeUiOptions | null {
  return readCommandLine(command(), ServeUiOptions, words);
}
