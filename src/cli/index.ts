import { readIndexOptions } from "./indexOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readIndexOptions, async (options) => (await import("./buildIndex.ts")).buildIndex(options));
