import { readMakeBaseOptions } from "./makeBaseOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readMakeBaseOptions, async (options) => (await import("./trainBase.ts")).trainBase(options));
