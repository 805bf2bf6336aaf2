import { readSearchOptions } from "./searchOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readSearchOptions, async (options) => (await import("./searchCorpus.ts")).searchCorpus(options));
