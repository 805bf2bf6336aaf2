import { runWithOptions } from "./cliError.ts";
import { readPruneOptions } from "./pruneOptions.ts";

await runWithOptions(readPruneOptions, async (options) => (await import("./pruneRuns.ts")).pruneRuns(options));
