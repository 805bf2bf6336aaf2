import { readAskOptions } from "./askOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readAskOptions, async (options) => (await import("./askPolicy.ts")).askPolicy(options));
